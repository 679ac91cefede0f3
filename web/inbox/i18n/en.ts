// Every word of the inbox in English. zh.ts has the same keys; the type system holds them together.
import { faultsEn, fieldsEn } from './faults.en'

const rules = new Intl.PluralRules('en')
const count = (n: number, one: string, other: string) => `${new Intl.NumberFormat('en').format(n)} ${rules.select(n) === 'one' ? one : other}`

export const en = {
  product: 'Shouwen',
  faults: faultsEn,
  fields: fieldsEn,
  unknown: 'Unknown',
  none: 'None',
  nobody: 'Nobody',
  me: 'me',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  saved: 'Saved',
  add: 'Add',
  edit: 'Edit',
  remove: 'Remove',
  delete: 'Delete',
  back: 'Back',
  more: 'More',
  retry: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  undo: 'Undo',
  optional: 'optional',
  loading: 'Loading',
  show: 'Show',
  hide: 'Hide',
  search: 'Search',
  nothingFound: 'Nothing found',
  /** What stands between words that are put together, room included. */
  mark: { comma: ', ', list: ', ', semicolon: '; ', colon: ': ', stop: '. ', bracketed: (words: string | number) => ` (${words})` },
  language: 'Language',
  theme: 'Theme',
  themes: { light: 'Light', dark: 'Dark', system: 'As the system' },
  density: 'List density',
  densities: { roomy: 'Roomy', tight: 'Tight' },

  channel: { email: 'Email', chat: 'Chat', phone: 'Phone' },
  category: { new: 'New', open: 'Open', waiting: 'Waiting for customer', on_hold: 'On hold', solved: 'Solved', closed: 'Closed' },
  priority: { low: 'Low', normal: 'Normal', high: 'High', urgent: 'Urgent' },
  color: { gray: 'Grey', red: 'Red', amber: 'Amber', green: 'Green', teal: 'Teal', blue: 'Blue', violet: 'Violet' },
  field: { status: 'Status', assignee: 'Assignee', team: 'Team', priority: 'Priority', subject: 'Subject', owner: 'Owner', customer: 'Customer', tags: 'Tags', inbox: 'Inbox', created: 'Opened', kind: 'Kind' },
  people: { formerAgent: 'A former agent', system: 'Shouwen', customer: 'The customer', key: 'An API client', you: 'You' },

  error: {
    unreachable: 'The server cannot be reached. Nothing you wrote is lost; it is tried again by itself.',
    unreachableShort: 'No connection',
    notChanged: 'No connection, so this was not changed. Try again when it is back.',
    forbidden: 'Your role does not allow this.',
    gone: 'This no longer exists, or you may no longer see it.',
    tooMany: (seconds: number | null) => (seconds ? `Too many attempts. Try again in ${count(seconds, 'second', 'seconds')}.` : 'Too many attempts. Wait a little and try again.'),
    tooLarge: 'This is too large.',
    unsupported: 'Files of this kind are not taken.',
    server: 'Something went wrong on the server. Your work is safe; try again.',
    request: (id: string) => `Request ${id}`,
  },

  offline: { bar: 'No connection. Go on working: what you send goes out as soon as the connection is back.', waiting: (n: number) => `${count(n, 'message waits', 'messages wait')} to be sent` , back: 'Connected again' },
  expired: { title: 'Sign in again', text: 'Your session has ended. What you wrote is kept on this device.' },

  signIn: {
    title: 'Sign in', email: 'Email', password: 'Password', submit: 'Sign in', forgot: 'Forgot the password?',
    wrong: 'Email and password do not match.', showPassword: 'Show password',
    promise: 'Whoever is asked first answers for it.',
  },
  setup: {
    title: 'Set up Shouwen', lead: 'You will be the first administrator.', workspace: 'Name of the shop or company', name: 'Your name', email: 'Your email',
    password: 'Password', passwordHint: 'At least 10 characters. A short sentence is easiest to remember.', submit: 'Create and sign in', token: 'Set-up code',
    tokenHint: 'The server wrote it to its log when it started.', done: 'This server is already set up.', toSignIn: 'Go to sign-in',
  },
  reset: {
    title: 'Reset password', lead: 'We send you a link with which you can choose a new password.', submit: 'Send link',
    sent: 'If an account with this address exists, a link is on its way. It is valid for a short time only.', confirmTitle: 'Choose a new password',
    password: 'New password', confirm: 'Save password', done: 'Your password is changed. Sign in with it.', back: 'Back to sign-in', broken: 'This link is no longer valid. Ask for a new one.',
  },

  rail: { label: 'Main', inbox: 'Inbox', notifications: 'Notifications', call: 'Log a call', compose: 'New ticket', settings: 'Settings', account: 'My account', palette: 'Commands', me: 'Menu', signOut: 'Sign out', help: 'Keys', search: 'Search', mail: 'Mail' },
  skip: 'Skip to the conversation',

  views: {
    label: 'Views', mine: 'Mine', unassigned: 'Unassigned', open: 'Open', waiting: 'Waiting', on_hold: 'On hold', solved: 'Solved', closed: 'Closed', all: 'All tickets', mentions: 'Mentions', spam: 'Spam',
    teams: 'Teams', inboxes: 'Inboxes', tags: 'Tags', fold: 'Fold views away', unfold: 'Show views', moreTags: (n: number) => `${n} more`,
  },

  list: {
    label: 'Tickets', loading: 'Loading tickets', arrived: (n: number) => `${n} new`, showArrived: 'Show',
    filter: 'Show', waiting: (span: string) => `waiting ${span}`, waitingFor: (span: string) => `Customer waiting for ${span}`, unread: 'unread', failed: 'not delivered', draftMark: 'Draft',
    from: 'from customer', to: 'to customer', note: 'note', leaving: 'no longer in this view', end: 'That is all.', you: 'You', refresh: 'Refresh',
    empty: {
      mine: ['Nothing on your desk', 'Take the next one from Unassigned: open it and press i.'],
      unassigned: ['Nobody waits for an agent', 'New tickets appear here by themselves.'],
      open: ['Nothing open', 'New mails, chats and calls appear here by themselves.'],
      waiting: ['Waiting for no customer', 'Tickets you answer with “Send and wait” rest here until the customer writes again.'],
      on_hold: ['Nothing on hold', 'Tickets that wait for somebody else, such as a supplier, rest here.'],
      solved: ['Nothing solved yet', 'A solved ticket opens again when the customer answers.'],
      closed: ['Nothing closed', 'Solved tickets are closed for good some days later.'],
      all: ['No tickets yet', 'Connect a mailbox or put the chat on your shop’s pages under Settings, Inboxes.'],
      mentions: ['Nobody mentioned you', 'When a colleague writes @ and your name in a note, the ticket appears here.'],
      spam: ['No spam', 'Tickets that somebody marks as spam rest here and can be taken back.'],
    } as Record<'mine' | 'unassigned' | 'open' | 'waiting' | 'on_hold' | 'solved' | 'closed' | 'all' | 'mentions' | 'spam', [string, string]>,
    toUnassigned: 'Go to Unassigned',
    failedToLoad: 'The list could not be loaded',
  },

  ticket: {
    none: 'No ticket open', noneHint: 'Choose one from the list.', keysHint: ['to move', 'to open', 'for every command'] as [string, string, string],
    number: (n: string) => `Ticket ${n}`, copyNumber: 'Copy number', actions: 'Actions', customer: 'Customer and case', assignMe: 'Assign to me', solve: 'Solve', reopen: 'Reopen',
    editSubject: 'Edit subject', noSubject: 'No subject', unassigned: 'Unassigned', noTeam: 'No team', addTag: 'Add tag', failed: 'The ticket could not be loaded',
    gone: 'This ticket cannot be shown', goneHint: 'It does not exist, or it moved out of what you may see.', toList: 'Back to the list',
    viewing: (names: string) => `${names} also here`, typing: (names: string) => `${names} is writing a reply`, typingNote: (names: string) => `${names} is writing a note`,
    visitorOnline: 'Customer is online', visitorTyping: 'Customer is typing…', loading: 'Loading the conversation', nextOpened: 'Opened the next ticket',
  },
  conflict: {
    text: (who: string, field: string, value: string) => `${who} has meanwhile set ${field} to “${value}”.`,
    mine: (value: string) => `Set “${value}”`, theirs: 'Leave it',
  },

  stream: {
    label: 'Conversation', earlier: 'Show earlier messages', newLine: 'New', events: (n: number) => count(n, 'change', 'changes'), foldEvents: 'Fold', down: 'To the newest', downNew: (n: number) => count(n, 'new message', 'new messages'),
    arrived: (who: string) => `New message from ${who}`, solvedBelow: '',
  },
  message: {
    quote: 'Quoted text', showQuote: 'Show quoted text', hideQuote: 'Hide quoted text', remote: 'Load remote images', remoteHint: 'They are fetched by the desk, so the sender does not learn who looked.', bcc: 'Bcc', signature: 'Signature', link: (when: string) => `as a link until ${when}`, original: 'Show as sent', plain: 'Show as text', details: 'Details', raw: 'Original mail', from: 'From', to: 'To', cc: 'Cc', subject: 'Subject',
    joined: 'In this ticket because', note: 'Note', automatic: 'Automatic', notSeenByCustomer: 'Only agents see this', viaApi: 'by API',
    delivery: { none: '', queued: 'Waiting to go out', sending: 'Sending', sent: 'Sent', delayed: 'Delayed', failed: 'Not delivered', uncertain: 'Perhaps delivered' },
    seen: 'Seen', frame: (who: string) => `Mail from ${who}`, attachment: (name: string, size: string) => `${name}, ${size}`, download: 'Download',
    failedText: 'This message did not reach the customer.', failedFor: (who: string) => `It did not reach ${who}.`, failedDo: 'Check the reason and the address, then send it again.', again: 'Send again',
    uncertainText: 'The connection broke while this was being handed over. It may have arrived.', uncertainDo: 'Ask the customer or look into the mailbox before sending twice.', settleSent: 'Mark as sent', settleFailed: 'Mark as not delivered',
    recipients: (n: number) => count(n, 'recipient', 'recipients'),
    noReply: 'Needs no reply', noReplyHint: 'Nobody is late for not answering it.', needsReply: 'Needs a reply after all',
    joinedBecause: { recipient_token: 'the address carries the ticket’s sign', reply_token: 'it answers one of our mails', message_id: 'it answers one of our mails', in_reply_to: 'it answers a mail of this ticket', references: 'it belongs to the same thread', subject: 'the subject names the ticket', subject_number: 'the subject names the ticket', quote_token: 'the quoted text names the ticket', new: 'it opened the ticket' } as Record<string, string>,
  },
  why: {
    label: 'Why here?',
    sign: {
      new: () => 'It opened this ticket.', reply_token: (what: string) => `It was sent to the reply address of ${what}.`, in_reply_to: (what: string) => `Its In-Reply-To names ${what}.`, references: (what: string) => `Its References name ${what}.`,
      subject_number: () => 'Its subject names this ticket.', marker: (what: string) => `The text it quotes bears the sign of ${what}.`, same_sender: () => 'The same sender wrote under the same subject shortly before.', person: () => 'A colleague put it here.',
    },
    ours: (when: string) => `our message of ${when}`, theirs: (when: string) => `the customer’s mail of ${when}`, thread: 'a message of this ticket',
    merged: (number: string) => `It named #${number}, which was merged into this ticket.`, newTopic: 'Its subject is not the ticket’s.', followUp: (number: string) => `It continues #${number}, which was closed.`,
    similar: { other_team: (number: string) => `The same mail came to another team, too: #${number}.`, not_a_participant: (number: string) => `Looks like #${number}, but its sender has no part in that ticket.`, from_failed: (number: string) => `Looks like #${number}, but it is probably not from whom it says.`, other: (number: string) => `Looks like #${number}.` },
    anotherMatter: 'Another matter', belongsTo: (number: string) => `Belongs to #${number}`, elsewhere: 'Belongs to another ticket…',
  },
  trust: {
    verified: 'The sender’s domain confirms it', failed: 'Probably not from whom it says', failedHint: 'The checks of the sender’s domain failed. Be careful with links, files and requests for money.', unverified: 'Nobody confirms the sender', sender: 'Sender',
    by: { us: 'checked here', upstream: 'checked by our mail server' }, outcome: { pass: 'passed', fail: 'failed', soft_fail: 'failed softly', neutral: 'neutral', none: 'none', temp_error: 'no answer', perm_error: 'set up wrongly' },
  },
  alarm: {
    label: 'Alarms', mailbox_silent: (inbox: string) => `No mail could be fetched from ${inbox} for a while. What customers write there waits unseen.`, token_refused: (inbox: string) => `${inbox} is no longer connected: its provider took the sign-in back.`, sending_refused: (inbox: string) => `The mail server of ${inbox} does not let us send. Answers wait until that is mended.`, mail_loop: (inbox: string) => `Mails went round in a circle at ${inbox} and were stopped.`,
    since: (when: string) => `since ${when}`, openInbox: 'Open the inbox', openMail: 'Look at the mail', seen: 'I have seen to it', more: (n: number) => `and ${count(n, 'other alarm', 'other alarms')}`, anInbox: 'an inbox',
  },
  bounce: {
    no_such_address: ['This address does not exist.', 'Ask the customer for the right one, by phone or chat.'], mailbox_full: ['The customer’s mailbox is full.', 'Try again later, or use another way.'], mailbox_disabled: ['The customer’s mailbox is closed.', 'Ask for another address.'],
    domain_unknown: ['The part after the @ does not exist.', 'Check it for a typing error.'], unreachable: ['The customer’s mail server cannot be reached.', 'Try again later.'], too_large: ['The mail is too large for the customer’s server.', 'Send it again with smaller files.'],
    rejected_as_spam: ['The customer’s server took it for spam.', 'Write it again with fewer links, or call.'], refused_by_policy: ['The customer’s server does not take it.', 'Tell an administrator, and use another way.'], sender_not_authenticated: ['The customer’s server does not trust our domain.', 'An administrator can test it under Settings, Mail domains.'],
    too_many: ['We have sent too much to that server.', 'Try again in an hour.'], content_refused: ['The customer’s server refuses a file or its content.', 'Send it again without the files.'], expired: ['The customer’s server could not be reached for days.', 'Use another way.'], other: ['The customer’s server refused it.', 'Its answer stands below.'],
  } as Record<string, [string, string]>,
  delayed: (who: string) => `Delayed: the server of ${who} is tried again by itself`, undeliverable: (reason: string) => `Mail to this address comes back. ${reason}`,
  move: {
    menu: 'More', split: (number: string) => `A ticket of its own now: #${number}`, merged: (from: string, to: string) => `#${from} is now part of #${to}`, moved: (number: string) => `Moved to #${number}`, apart: (number: string) => `#${number} is a ticket of its own again`, back: 'Moved back', open: (number: string) => `Open #${number}`,
    title: 'Merge into another ticket', hint: 'Everything in it moves there, and answers to it go there too. It can be undone.', messageTitle: 'Where does this mail belong?', messageHint: 'The mail moves there, and answers to it go there too.', find: 'Number, subject or customer', others: 'Other tickets of this customer', none: 'No ticket found', merge: 'Merge',
    mergedInto: (number: string) => `This ticket was merged into #${number}.`, undoMerge: 'Undo the merge', followed: (from: string, to: string) => `#${from} was merged into #${to}, which you see now`, followUpOf: (number: string) => `Follow-up of #${number}`,
    isSpam: 'This ticket is spam. It stands in no other view.', notSpam: 'Not spam', markedSpam: (number: string) => `#${number} is spam`, spam: 'Spam', spamHint: 'It leaves every view but Spam', spamBlock: 'Spam, and block the sender', spamBlockHint: 'Their mail waits under Mail from now on',
  },
  scheduled: {
    leaves: (seconds: number) => `Leaves in ${seconds} s`, leaving: 'Leaving…', goes: (when: string) => `Goes out ${when}`, unless: 'unless the customer writes first', sendNow: 'Send now', edit: 'Edit', putOff: 'Another time', discard: 'Discard', sendAnyway: 'Send anyway', tooLate: 'It has already left.',
    cancelled: { macro_forbidden: 'Not sent: this complaint’s grade no longer allows the saved reply it was written from.', customer_wrote: 'Not sent: the customer wrote first.', closed: 'Not sent: the ticket was closed.', no_inbox: 'Not sent: its inbox can no longer send.', no_recipient: 'Not sent: it has no recipient any more.', gone: 'Not sent: the ticket is no longer there.', restored: 'Not sent by itself: the desk was restored after it fell due, so it may have gone. Ask before you send it.', refused: 'Not sent: the desk refused it when it was due.' } as Record<string, string>,
    later: 'Send later', times: { hour: 'In an hour', evening: 'This evening', tomorrow: 'Tomorrow morning', monday: 'On Monday' }, own: 'Another time', cancelIf: 'Cancel if the customer writes first', set: 'Schedule', past: 'Choose a time that is still to come.',
  },
  outgoing: {
    sending: 'Sending…', queued: 'Waits for the connection', failed: 'Not sent', macroForbidden: 'The grade of this complaint does not allow the saved reply this was written from. Rewrite it in your own words.', refused: 'Not sent: something new arrived first',
    undo: 'Undo', edit: 'Edit', discard: 'Discard', retry: 'Try again', anyway: 'Send all the same', undone: 'Not sent. Your text is back in the composer.', discarded: 'Discarded',
    sentTo: (number: string) => `Reply to #${number} leaves in a moment`, notSent: (number: string) => `Your reply to #${number} was not sent: something new arrived first.`, failedNotice: (number: string) => `Your reply to #${number} could not be sent.`, open: 'Open',
  },
  call: {
    incoming: 'Incoming call', outgoing: 'Outgoing call', outcome: { answered: 'Answered', no_answer: 'No answer', busy: 'Busy', voicemail: 'Voicemail', call_back: 'Wants a call back' },
    length: 'Duration', followUp: (when: string) => `Follow up ${when}`, number: 'Number', ringing: 'Ringing', answered: 'On the phone', unknownCaller: 'Unknown caller', openTickets: (n: number) => count(n, 'open ticket', 'open tickets'), noOpenTickets: 'No open tickets',
    take: 'Log this call', dismiss: 'Dismiss', cardLabel: 'Ringing call',
    form: 'Log a call', direction: 'Direction', in: 'They called', out: 'We called', numberPlaceholder: '138 0013 8000', said: 'What was said', saidHint: 'What the customer wants, what you promised.', result: 'Outcome', minutes: 'Duration (minutes)',
    due: 'Follow up', dueChoices: { none: 'No', hour: 'In 1 hour', afternoon: 'Today 17:00', tomorrow: 'Tomorrow 9:00', week: 'In a week', own: 'Other…' }, ticket: 'Ticket', newTicket: 'New ticket', joins: 'Add to', solved: 'Solved on the call', callerName: 'Name of the caller', inbox: 'Line',
    save: 'Save call', saved: (number: string) => `Call saved as #${number}`, lookup: 'Looking up…', known: 'Customer', manyKnown: 'Which customer?', notKnown: 'Not known yet. A new customer is created.', someoneElse: 'Somebody else', noLine: 'There is no phone inbox yet. An administrator adds one under Settings, Inboxes.',
    needText: 'Write what was said.', needNumber: 'Enter the number.',
  },

  composer: {
    label: 'Composer', reply: 'Reply', note: 'Note', theCustomer: 'the customer', replyTo: (name: string) => `Reply to ${name}…`, notePlaceholder: 'Note for colleagues only. @ mentions somebody.', via: 'by', to: 'To', cc: 'Cc', addCc: 'Cc', addRecipient: 'Add address',
    bcc: 'Bcc', addBcc: 'Bcc', warnDomain: (domains: string) => `New in this ticket: ${domains}. Is it the right company?`, warnMany: (n: number) => `${n} people get this. Really all of them?`, warnFormer: (who: string) => `${who} was copied before and is not in the mail you answer.`, signature: 'Signature', signatureHint: 'Put below it when it leaves', asLink: (days: number) => `goes as a link, for ${days} days`, answerThis: 'Reply to this mail', answering: (who: string) => `Answers the mail of ${who}`,
    notAddress: 'Not a complete address', removeRecipient: (address: string) => `Remove ${address}`, attach: 'Attach files', macros: 'Saved replies', drop: 'Drop files here', remove: (name: string) => `Remove ${name}`, uploadFailed: 'Not uploaded', uploading: 'Uploading…',
    send: 'Send', sendNote: 'Add note', sendAnd: 'Send and…', sendWait: 'Send and wait', sendSolve: 'Send and solve', addAnd: (status: string) => `Add note, set ${status}`, sendSet: (status: string) => `Send, set ${status}`,
    draft: { nothing: '', changed: '', saving: 'Saving…', saved: 'Draft saved', local: 'Draft kept on this device' }, noRecipient: 'Add a recipient first.', cannotReply: 'Your role does not allow replies.', phoneOnly: 'This customer has neither email nor chat. Call them, then log the call.',
    newArrived: (n: number) => `${count(n, 'message', 'messages')} arrived while you wrote`, seen: 'I have seen it', sendAnyway: 'Send all the same', keepEditing: 'Go on writing', mentionLabel: 'Mention a colleague', uploadsFirst: 'Wait until the files are uploaded.', manyRecipients: (n: number) => `${n} recipients`, outside: 'Nobody in this ticket has used this address before',
    closed: 'This ticket is closed. A reply opens a follow-up.',
  },
  compose: { title: 'New ticket', inbox: 'From', to: 'To', name: 'Customer’s name', subject: 'Subject', text: 'Message', send: 'Send', note: 'Open without sending', noInbox: 'There is no email inbox yet. An administrator adds one under Settings, Inboxes.', sent: (number: string) => `Opened as #${number}`, needSubject: 'Enter a subject.', needText: 'Write a message.', needTo: 'Enter an address.' },

  customer: {
    label: 'Customer and case', identities: 'Reached by', addIdentity: 'Add email, phone or shop’s id', identityKind: { email: 'Email', phone: 'Phone', visitor: 'Chat visitor', external: 'Shop’s own id' }, verified: { claimed: 'Claimed by the customer, not proved', proved: 'Proved', agent: 'Confirmed by an agent' },
    notes: 'Notes', notesPlaceholder: 'What everybody should know about this customer', since: (when: string) => `Customer since ${when}`, lastContact: (when: string) => `Last contact ${when}`, firstContact: 'First contact', case: 'Case', others: 'Other tickets', noOthers: 'No other tickets', tier: 'Tier', noTier: 'No tier', name: 'Name', unnamed: 'Unnamed customer', rename: 'Edit name', removeIdentity: (value: string) => `Remove ${value}`, locale: 'Speaks', visitorShort: 'Chat visitor',
  },

  activity: {
    opened: (who: string) => `${who} opened the ticket`, status: (who: string, to: string, reason?: string) => `${who} set the status to ${to}${reason ? `: ${reason}` : ''}`, assigned: (who: string, to: string) => `${who} assigned it to ${to}`, took: (who: string) => `${who} took it`, unassigned: (who: string) => `${who} removed the assignee`,
    team: (who: string, to: string) => `${who} moved it to ${to}`, noTeam: (who: string) => `${who} took it from its team`, priority: (who: string, to: string) => `${who} set the priority to ${to}`, subject: (who: string) => `${who} changed the subject`, owner: (who: string, to: string) => `${who} made ${to} its owner`, ownerSelf: (who: string) => `${who} became its owner`,
    noOwner: (who: string) => `${who} removed the owner`, customer: (who: string) => `${who} changed the customer`, tagAdded: (who: string, tag: string) => `${who} added the tag ${tag}`, tagRemoved: (who: string, tag: string) => `${who} removed the tag ${tag}`, callEnded: (who: string) => `${who} ended a call`, reopened: (who: string) => `${who} reopened it`, merged: (who: string, n: string) => `${who} merged it into #${n}`, mergedIn: (who: string, n: string) => `${who} merged #${n} into it`, mergeUndone: (who: string, n: string) => `${who} took #${n} out again`, mergeLeft: (who: string, n: string) => `${who} undid the merge into #${n}`, splitOff: (who: string, n: string) => `${who} made #${n} of a part of it`, splitFrom: (who: string, n: string) => `${who} made it of a part of #${n}`, spam: (who: string) => `${who} marked it as spam`, notSpam: (who: string) => `${who} said it is no spam`, other: (who: string, kind: string) => `${who}: ${kind}`, deletedTag: 'a deleted tag',
  },

  pausing: {
    title: (status: string) => `Why “${status}”?`, label: 'Reason', save: 'Set status', waits: (since: string) => `The customer has been waiting for an answer since ${since}. This pause is shown to supervisors.`,
    usual: ['Waiting for the supplier', 'Waiting for the carrier', 'Waiting for stock', 'A colleague is looking into it', 'Agreed with the customer by phone'] as string[],
  },

  notifications: {
    title: 'Notifications', none: 'Nothing new', noneHint: 'Mentions, assignments and failed deliveries appear here.', readAll: 'Mark all as read', unread: 'unread', failed: 'The notifications could not be loaded',
    kind: { mention: (who: string) => `${who} mentioned you`, assigned: (who: string) => `${who} assigned it to you`, owner_contact: (_who: string) => 'Your customer is back', delivery_failed: (_who: string) => 'A reply was not delivered', follow_up_due: (_who: string) => 'Follow-up is due', schedule_cancelled: (_who: string) => 'A scheduled reply was not sent' }, someone: 'Somebody',
  },

  find: { label: 'Search', placeholder: 'Number, phone, email, name or subject', tickets: 'Tickets', customers: 'Customers', nothing: (words: string) => `Nothing found for “${words}”`, hint: 'A ticket number, or how a phone number, an address, a name or the subject begins.', failed: 'The search could not be done' },

  palette: { label: 'Commands', placeholder: 'What do you want to do?', nothing: 'No such command' },
  help: { title: 'Keys', hint: 'No key acts while you type or while an input method composes.' , then: 'then' },
  group: { go: 'Go to', list: 'List', ticket: 'Ticket', write: 'Write', app: 'App' },
  action: {
    palette: 'Open commands', help: 'Show keys', search: 'Search', call: 'Log a call', compose: 'New ticket', next: 'Next ticket', previous: 'Previous ticket', open: 'Open ticket', back: 'Back', refresh: 'Refresh list', merge: 'Show what is new',
    reply: 'Reply', note: 'Write a note', send: 'Send', sendNext: 'Send and open the next', sendWait: 'Send and wait for the customer', sendSolve: 'Send and solve', sendLater: 'Send later…', noReply: 'Needs no reply', assign: 'Assign to…', assignMe: 'Assign to me', team: 'Move to team…', status: 'Set status…', priority: 'Set priority…', tags: 'Change tags…', solve: 'Solve', subject: 'Edit subject', copyNumber: 'Copy ticket number', mergeInto: 'Merge into another ticket…', spam: 'Mark as spam…', notSpam: 'Not spam', goSpam: 'Go to Spam', goMail: 'Go to Mail', attach: 'Attach files', macro: 'Insert a saved reply…',
    goMine: 'Go to Mine', goUnassigned: 'Go to Unassigned', goOpen: 'Go to Open', goWaiting: 'Go to Waiting', goHold: 'Go to On hold', goSolved: 'Go to Solved', goAll: 'Go to All tickets', goMentions: 'Go to Mentions', goNotifications: 'Go to Notifications', goSettings: 'Go to Settings',
    order: 'Order by newest or soonest due', kind: 'Set kind…', why: 'Why is it due then?', whyMe: 'Why this assignee?', offer: 'Offer ownership…', take: 'Take the complaint', grade: 'Confirm or change the grade…', compensate: 'Grant or request compensation…', evidence: 'Add evidence…', closeCase: 'Close the complaint…', caseReport: 'Open the complaint’s report', goBoard: 'Go to Board', presenceOnline: 'I am online', presenceAway: 'I am away', presenceHandBack: 'I am away, hand my tickets back',
    themeLight: 'Light theme', themeDark: 'Dark theme', themeSystem: 'Theme as the system', languageEnglish: 'English', languageChinese: 'Chinese (中文)', density: 'Change list density', views: 'Show or fold views', customer: 'Show or fold customer', signOut: 'Sign out', ringing: 'Log the ringing call',
  },

  settings: {
    title: 'Settings', sections: { account: 'My account', inboxes: 'Inboxes', domains: 'Mail domains', agents: 'Agents', teams: 'Teams', roles: 'Roles', tags: 'Tags', statuses: 'Statuses', keys: 'API keys', webhooks: 'Webhooks', sla: 'Due times', calendars: 'Business hours', complaints: 'Complaints', assignment: 'Assignment', macros: 'Saved replies' }, personal: 'Personal', workspace: 'Workspace',
    loadFailed: 'This could not be loaded', denied: 'Your role does not include this', deniedHint: 'An administrator can change that under Settings, Roles.', nothingHere: 'Nothing here yet', confirmDelete: (name: string) => `Delete “${name}”?`, confirmDeleteHint: 'This cannot be undone.', name: 'Name', active: 'Active', inactive: 'Inactive', create: 'Create', needName: 'Enter a name.', language: 'Language',
    unsaved: 'Discard what you changed?', discard: 'Discard',
  },
}

export type Texts = typeof en
