// Why something was refused, in English, by the server's codes. faults.zh.ts has the same keys; a word in braces is
// one of the refusal's parameters. What has no words here (`other`) is told in the server's own.
import type { FaultCode } from '../../shared/types'

export type FaultTexts = Record<Exclude<FaultCode, 'other'>, string>

export const faultsEn: FaultTexts = {
  unauthenticated: 'Sign in first.', wrong_password: 'The email address or the password is wrong.', forbidden: 'Your role does not allow this.', not_found: 'This no longer exists, or you may no longer see it.', no_such_path: 'The server does not know this address. Reload the page.', wrong_method: 'The server does not take this here. Reload the page.', invalid: 'Something in the form is wrong.', edit_conflict: 'Somebody else changed this meanwhile.', pause_reason: 'Say why work on the ticket rests: choose the status again.', new_messages: 'Something was written in this ticket since you looked.', key_reused: 'This was sent before in another form. Try again.', too_large: 'This is too large.', throttled: 'Too many attempts. Try again in {seconds} seconds.', unavailable: 'The desk cannot store or read just now. Try again in a moment.', internal: 'Something went wrong on the server. Your work is safe; try again.', one_like_this: 'There is one like this already.', id_gone: 'Something chosen here does not exist any more. Reload and choose again.', key_is_nobody: 'An API key has no account of its own. Sign in as an agent.',

  name_needed: 'A name is needed.', too_long: 'At most {most} characters.', too_many: 'At most {most} at once.', out_of_range: 'A whole number from {least} to {most}.', days_out_of_range: 'A number of days from {least} to {most}.', not_an_email: 'Enter an email address such as name@shop.example.', not_a_locale: 'The desk speaks English and Chinese.', not_a_link: 'A link begins with https:// or http://.', not_a_zone: 'There is no such time zone. Enter one such as Asia/Shanghai.', choose_one: 'Choose at least one.', no_such_agent: 'There is no such agent, or the agent is deactivated.', no_such_team: 'This team does not exist any more.', no_such_role: 'This role does not exist any more.', no_such_skill: 'This skill does not exist any more.', no_such_category: 'This category does not exist any more.', no_such_calendar: 'These business hours do not exist any more.', name_taken: 'Another one has this name already.',

  reply_empty: 'Write something first.',
  ticket_closed: 'The ticket is closed. Open it again first, or write a new one.',
  not_an_address: '{address} is not an email address.',
  recipient_needed: 'There is nobody to send it to. Add an email address.',
  recipients_full: 'At most {most} addresses get one answer.',
  no_email_inbox: 'No inbox can send email. An administrator can add one.',
  not_by_phone: 'An answer cannot go out by phone. Call, and log the call.',
  no_such_status: 'This status does not exist any more.',
  no_such_inbox: 'Choose an inbox that is active.',
  no_such_customer: 'This customer does not exist, or you may not see them.',
  subject_length: 'A subject has 1 to {most} characters.',
  mention_unseen: '{who} could not see this ticket. Assign it to them, or move it to one of their teams first.',
  files_full: 'At most {most} files fit one message.',
  file_gone: 'One of the files is gone. Upload it again.',
  file_empty: 'The file is empty.',
  file_broken_off: 'The file did not arrive whole. Upload it again.',
  say_to_whom: 'Say to whom: a customer or an email address.',
  not_an_id: 'This is not an id.',
  owner_needed: 'Name who answers for the ticket from now on.',
  not_a_priority: 'The priority is low, normal, high or urgent.',
  no_such_ticket_kind: 'This kind does not exist, or is put away.',
  case_stands: 'Its case was graded or compensated. Close the case first.',
  password_short: 'Choose at least {least} characters.',
  password_long: 'Choose at most {most} bytes.',
  password_common: 'This is one of the passwords that are tried first. Choose another.',
  password_is_address: 'Do not use your own email address.',
  not_your_password: 'This is not your password.',
  link_spent: 'This link was used already or is too old. Ask for a new one.',
  merge_itself: 'A ticket cannot be merged into itself.',
  merged_already: 'This ticket was merged into #{number} already.',
  target_merged: '#{number} was itself merged into #{into}. Choose that one.',
  anothers_chat: 'The visitor of the chat would read what another customer wrote. Say first that both tickets are the same customer’s.',
  not_merged: 'This ticket was not merged into another.',
  moved_meanwhile: 'Somebody moved these tickets just now. Look again.',
  messages_count: 'Choose 1 to {most} messages.',
  message_gone: 'One of these messages is not in this ticket any more.',
  nothing_stays: 'Nothing would stay in the ticket. Change its subject instead.',
  call_closed: 'The ticket is closed. Log the call as a new one.',
  call_words: 'Say in a word what the call was about.',
  call_length: 'A call lasts 0 to {most} seconds.',
  follow_up_time: 'At most two years from now.',
  phone_empty: 'There is no number.',
  phone_digits: 'A telephone number has only digits, not {sign}.',
  phone_short: 'The number is too short.',
  phone_long: 'The number is too long.',
  phone_country: 'No country code begins like that.',
  macros_full: 'There are 300 saved replies already. Delete what nobody uses.', macro_shared: 'Your role may not change saved replies that others use. Write one of your own instead.', key_has_no_macros: 'An API key has no saved replies of its own.', macro_team_needed: 'Choose the team that may use it.', macro_team_gone: 'One of the teams does not exist any more. Take it out.', macro_empty: 'Write a text, or choose what it changes.', shortcut_taken: '“{name}” is found by it already.',

  address_taken: 'An agent has this email address already.', above_you: 'This agent may do more than you. Ask an administrator.', role_above_you: 'This role gives more than you hold. Ask an administrator.', key_above_you: 'A key cannot do more than you can.', last_administrator: 'This is the last administrator. Make somebody else one first.', team_used: 'Tickets or inboxes belong to this team. Give them to another first.', administrators_do_all: 'Administrators may do everything. Make another role for those who may not.', role_built_in: 'A built-in role stays.', role_held: 'Agents hold this role, perhaps deactivated ones. Give them another first.',

  inbox_address_taken: 'An inbox has this email address already.', inbox_address_needed: 'Enter the email address that customers write to.', chat_has_no_address: 'A chat has no address.', other_channel: 'These are the settings of another channel.', choose_email_inbox: 'Choose an email inbox.', not_a_color: 'Enter the colour as #2563eb.', not_origins: 'Enter addresses of pages such as https://shop.example.', user_name_needed: 'Enter the user name.', acknowledge_words: 'Write what the sender is told, in one language at least.', undo_seconds: '0 (off), or 5 to 30 seconds.', not_a_language: 'Enter the language as en or zh-TW.', language_twice: 'Each language only once.', host_needed: 'Enter the name of the server, such as mail.shop.example.', password_again: 'Enter the password again: it was for another server or user.', category_needed: 'Choose what it means.', status_meaning: 'Tickets in this status would change their meaning. Make a new status instead.', status_built_in: 'A built-in status stays: the desk itself moves tickets into it.', no_such_events: 'There are no events of the kind “{kind}”.', webhooks_full: 'There are twenty webhooks already. Remove one first.',

  promise_length: 'Promise from one minute to 366 days, or nothing.', conditions_full: 'At most 20 conditions.', condition_values: 'Give each condition 1 to 100 values.', condition_value: 'A condition has a value that its field cannot have.', levels_full: 'At most 30 levels.', level_value: 'A share is 1 to 99 per cent; before and after need a length of time.', level_too_early: 'A warning must come after the clock has started. Make it later.', level_twice: 'Two levels come at the same time. Give one all receivers.', policies_full: 'There are 200 policies already. Delete one first.', policy_changed: 'Somebody else changed this policy meanwhile. Close it and look again.', default_takes_all: 'The default policy takes every ticket: it has no conditions.', default_stays: 'The default policy stays. Set its times to none instead.', order_incomplete: 'The policies changed meanwhile. Reload and sort them again.', one_draft: 'Look at one change at a time.', calendars_full: 'There are 100 calendars already. Delete one first.', calendar_changed: 'Somebody else changed these business hours meanwhile. Close them and look again.', calendar_used: 'A policy uses these business hours. Give the policy others first.', no_feed: 'There is no feed yet. Give the address of one first.', too_many_days: 'At most 2,000 days. Leave out old years.', intervals_full: 'At most 12 intervals a day.', day_wrong: 'At most 12 intervals a day, and names of at most 200 characters.',

  not_a_currency: 'A currency is three capital letters such as CNY.', amounts_order: 'The huge amount is at least the large one, and neither is below 0.', tiers_full: 'At most 50 tiers of up to 60 characters.', ceiling_negative: 'A ceiling is not below 0.', below_itself: 'A category cannot stand below itself.', too_deep: 'At most {most} levels.', categories_full: 'There are 500 categories already. Use those there are.', kinds_full: 'There are 100 kinds already.', kind_stays: 'Every ticket begins as an inquiry, and complaints have their cases: both kinds stay.', ladder_steps: 'The ladder has 1 to {most} levels.', step_minutes: 'A level has 1 to {most} minutes.', checklist_full: 'At most {most} items.', checklist_item: 'Each item has a text of 1 to 300 characters.', checklist_twice: 'Two items are the same.', say_what_for: 'Say what it is for.', say_why_refused: 'Say why it is refused.', say_why_grade: 'Say why: another grade changes who must answer and what may be given.', say_how_settled: 'Say how the customer confirmed, or why the case ends without that.', say_why_reopened: 'Say why the case is open again.', say_outcome: 'Say what came of it.', change_kind_instead: 'Change the ticket’s kind instead: it was no complaint then.', time_to_come: 'Choose a time that is still to come.', nothing_given: 'Enter an amount above 0.', sum_out_of_range: 'This amount is too large.', no_such_item: 'The checklist of this grade has no such item any more.', file_needed: 'Choose the file.', note_needed: 'A note needs words.', not_in_ticket: 'This ticket has no such message or file.', case_there: 'This ticket has a case already.', case_there_closed: 'This ticket had a case, which is closed. Reopen it.', case_closed: 'The case is closed. Reopen it first.', case_open: 'The case is open.', no_complaint: 'The ticket is no complaint now. Change its kind to complaint.', grade_first: 'The grade decides what may be given. Confirm it first.', grade_unconfirmed: 'Nobody has confirmed the grade yet.', checklist_open: 'Required items of the checklist are not done yet.', compensation_waits: 'A compensation still waits for a decision.', compensation_unpaid: 'An approved compensation is neither paid nor taken back yet.', compensations_full: 'A case has at most 100 compensations.', evidence_full: 'A case has at most 200 pieces of evidence.', own_request: 'Nobody decides on what they asked for themselves.', above_ceiling: 'This is above your own ceiling. Somebody with a higher one must approve it.', not_approved: 'This has not been approved yet.', approved_already: 'This is approved already.', was_refused: 'This was refused. Ask anew.', paid_already: 'This was paid already.', taken_back: 'This was taken back. Ask anew.', case_taken: 'Somebody has taken the case already.', no_follow_up: 'No follow-up is planned.',

  not_languages: 'Enter languages as en or zh, at most 50.', skill_needs: 'A skill does not exist any more, or these are more than 200.', skill_needed: 'A team’s tickets need this skill. Take the need away first.', routing_tiers_full: '50 tiers are enough. Remove one first.', skills_full: '200 skills are enough. Remove one first.', not_a_day: 'This is no day of the week.', not_a_time: 'Enter times as 09:00; the end may be 24:00.', shift_full: 'At most {most} intervals make a week.', not_the_owner: 'Only who answers for the ticket can offer it. Ask a supervisor.', owns_it: 'This agent answers for the ticket already.', cannot_see: 'This agent could not see the ticket. Move it to one of their teams first.', ticket_solved: 'The ticket is solved: there is nothing to hand over.', offered_already: 'The ticket is offered to somebody already. Withdraw that first.', not_to_you: 'This offer is not to you.', offer_settled: 'This offer is not open any more.',
}

/** What a field is called, by the last word of its pointer. */
export const fieldsEn: Record<string, string> = {
  name: 'Name', email: 'Email', address: 'Address', role_id: 'Role', team_ids: 'Teams', lead_id: 'Team lead', hand_over_to: 'Hand over to', capacity: 'Capacity', languages: 'Languages', shift: 'Shift', weights: 'Weights', skill_needs: 'Skills needed', rank: 'Rank', dedicated_agent_id: 'Dedicated agent', conditions: 'Conditions', levels: 'Levels', first_response_s: 'First response', next_response_s: 'Next response', resolution_s: 'Resolution', days: 'Days off', week: 'Week', zone: 'Time zone', feed_url: 'Feed', ics: 'Calendar file', currency: 'Currency', amount_large: 'Large amount', amount_huge: 'Huge amount', repeat_days: 'Repeated within', high_tiers: 'High tiers', ladder: 'Ladder', checklist: 'Checklist', follow_up_days: 'Follow-up', ceilings: 'Ceilings', amount: 'Amount', reason: 'Reason', note: 'Note', notes: 'Notes', url: 'Address', tier: 'Tier', greeting: 'Greeting', title: 'Title', password: 'Password', due_at: 'When', outcome: 'Outcome', parent_id: 'Below', shortcut: 'Short name', texts: 'Text', kinds: 'Tells of', scopes: 'May',
}
