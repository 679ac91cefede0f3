//! Why something is refused, said once: a stable code, what belongs into the sentence, and the sentence in English.
//! Programs read the code; the inbox has words of its own for each in every language that it speaks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// What stands in a fault's sentence besides its words, by name.
pub type FaultParams = BTreeMap<&'static str, Value>;

macro_rules! faults {
    ($($variant:ident $({ $($param:ident: $kind:ty),+ })? = $code:tt: $sentence:literal,)+) => {
        /// A refusal that people are told of.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Fault {
            $($variant $({ $($param: $kind),+ })?,)+
            /// Without a code of its own: its words are all there is.
            Other(Cow<'static, str>),
        }

        words! {
            /// What kind of refusal it is. A code keeps its meaning; new ones may come.
            FaultCode { $($variant = $code,)+ Other = "other" }
        }

        impl Fault {
            pub fn code(&self) -> FaultCode {
                match self {
                    $(Self::$variant $({ $($param: _),+ })? => FaultCode::$variant,)+
                    Self::Other(_) => FaultCode::Other,
                }
            }

            pub fn params(&self) -> FaultParams {
                match self {
                    $(Self::$variant $({ $($param),+ })? => BTreeMap::from([
                        $($((stringify!($param), Value::from($param.clone()))),+)?
                    ]),)+
                    Self::Other(_) => BTreeMap::new(),
                }
            }
        }

        impl fmt::Display for Fault {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant $({ $($param),+ })? => write!(f, $sentence),)+
                    Self::Other(words) => f.write_str(words),
                }
            }
        }
    };
}

faults! {
    // The request itself.
    Unauthenticated = "unauthenticated": "sign in first",
    WrongPassword = "wrong_password": "the email address or the password is wrong",
    Forbidden { permission: String } = "forbidden": "this needs the permission {permission}; ask an administrator",
    NotFound { what: String } = "not_found": "there is no such {what}, or you may not see it",
    NoSuchPath = "no_such_path": "there is nothing at this path; /api/v1/openapi.json lists what there is",
    WrongMethod = "wrong_method": "this path takes other methods; the Allow header names them",
    Invalid = "invalid": "the request is wrong",
    EditConflict = "edit_conflict": "somebody else changed this meanwhile",
    NewMessages = "new_messages": "something was written in this ticket since you looked",
    KeyReused = "key_reused": "this Idempotency-Key was used for another request; make a new one",
    TooLarge { bytes: usize } = "too_large": "too large: at most {bytes} bytes",
    Throttled { seconds: u64 } = "throttled": "too many attempts; try again in {seconds} seconds",
    Unavailable = "unavailable": "the desk cannot store or read just now; try again in a moment",
    Internal = "internal": "something went wrong on our side; it is in the server's log",
    OneLikeThis = "one_like_this": "there is one like this already",
    IdGone = "id_gone": "one of the ids is not there any more",
    KeyIsNobody = "key_is_nobody": "an API key has no account of its own: sign in as an agent",

    PauseReason = "pause_reason": "say why work on the ticket rests",

    // Any field.
    NameNeeded = "name_needed": "a name is needed",
    TooLong { most: usize } = "too_long": "at most {most} characters",
    TooMany { most: usize } = "too_many": "at most {most} at once",
    OutOfRange { least: i64, most: i64 } = "out_of_range": "a whole number from {least} to {most}",
    DaysOutOfRange { least: i64, most: i64 } = "days_out_of_range": "{least} to {most} days",
    NotAnEmail = "not_an_email": "this is not an email address such as name@shop.example",
    NotALocale = "not_a_locale": "the desk speaks en and zh",
    NotALink = "not_a_link": "a link begins with https:// or http://",
    NotAZone = "not_a_zone": "there is no such time zone; write one such as Asia/Shanghai",
    ChooseOne = "choose_one": "choose at least one",
    NoSuchAgent = "no_such_agent": "there is no such agent, or the agent is deactivated",
    NoSuchTeam = "no_such_team": "there is no such team",
    NoSuchRole = "no_such_role": "there is no such role",
    NoSuchSkill = "no_such_skill": "there is no such skill",
    NoSuchCategory = "no_such_category": "there is no such category",
    NoSuchCalendar = "no_such_calendar": "there is no such calendar",
    NameTaken = "name_taken": "there is one of this name already",

    // Answers, tickets, calls and files.
    ReplyEmpty = "reply_empty": "write something first",
    TicketClosed = "ticket_closed": "the ticket is closed: open it again first, or write a new one",
    NotAnAddress { address: String } = "not_an_address": "{address} is not an email address",
    RecipientNeeded = "recipient_needed": "there is nobody to send it to: add an email address",
    RecipientsFull { most: usize } = "recipients_full": "at most {most} addresses get one answer",
    NoEmailInbox = "no_email_inbox": "no inbox can send email; an administrator can add one",
    NotByPhone = "not_by_phone": "an answer cannot go out by phone: call, and log the call",
    NoSuchStatus = "no_such_status": "there is no such status",
    NoSuchInbox = "no_such_inbox": "choose an inbox that is active",
    NoSuchCustomer = "no_such_customer": "there is no such customer",
    SubjectLength { most: usize } = "subject_length": "a subject has 1 to {most} characters",
    MentionUnseen { who: String } = "mention_unseen": "{who} could not see this ticket: assign it to them, or move it to one of their teams first",
    FilesFull { most: usize } = "files_full": "at most {most} files fit one message",
    FileGone = "file_gone": "one of the files is gone: upload it again",
    FileEmpty = "file_empty": "the file is empty",
    FileBrokenOff = "file_broken_off": "the file did not come to its end: upload it again",
    SayToWhom = "say_to_whom": "say to whom: a customer or an email address",
    NotAnId = "not_an_id": "this is not an id",
    OwnerNeeded = "owner_needed": "name who answers for the ticket from now on",
    NotAPriority = "not_a_priority": "the priority is low, normal, high or urgent",
    NoSuchTicketKind = "no_such_ticket_kind": "there is no such kind, or it is put away",
    CaseStands = "case_stands": "its case was graded or compensated: close the case first",
    PasswordShort { least: usize } = "password_short": "choose at least {least} characters",
    PasswordLong { most: usize } = "password_long": "choose at most {most} bytes",
    PasswordCommon = "password_common": "this is one of the passwords that are tried first; choose another",
    PasswordIsAddress = "password_is_address": "do not use your own email address",
    NotYourPassword = "not_your_password": "this is not your password",
    LinkSpent = "link_spent": "this link was used already or is too old: ask for a new one",
    MergeItself = "merge_itself": "a ticket cannot be merged into itself",
    MergedAlready { number: String } = "merged_already": "this ticket was merged into #{number} already",
    TargetMerged { number: String, into: String } = "target_merged": "#{number} was itself merged into #{into}: choose that one",
    AnothersChat = "anothers_chat": "the visitor of the chat would read what another customer wrote: say first that both tickets are the same customer's",
    NotMerged = "not_merged": "this ticket was not merged into another",
    MovedMeanwhile = "moved_meanwhile": "somebody moved these tickets just now: look again",
    MessagesCount { most: usize } = "messages_count": "choose 1 to {most} messages",
    MessageGone = "message_gone": "one of these messages is not in this ticket any more",
    NothingStays = "nothing_stays": "nothing would stay in the ticket: change its subject instead",
    CallClosed = "call_closed": "the ticket is closed: log the call as a new one",
    CallWords = "call_words": "say in a word what the call was about",
    CallLength { most: i64 } = "call_length": "a call lasts 0 to {most} seconds",
    FollowUpTime = "follow_up_time": "at most two years from now",
    PhoneEmpty = "phone_empty": "there is no number",
    PhoneDigits { sign: String } = "phone_digits": "a telephone number has only digits, not {sign}",
    PhoneShort = "phone_short": "the number is too short",
    PhoneLong = "phone_long": "the number is too long",
    PhoneCountry = "phone_country": "no country code begins like that",

    // Macros.
    MacrosFull = "macros_full": "there are 300 macros already: delete what nobody uses",
    MacroShared = "macro_shared": "macros that others use need the permission admin.macros: write one of your own instead",
    KeyHasNoMacros = "key_has_no_macros": "an API key has no macros of its own",
    MacroTeamNeeded = "macro_team_needed": "say which team may use it",
    MacroTeamGone = "macro_team_gone": "one of the teams is no more: take it out",
    MacroEmpty = "macro_empty": "write a text, or choose what it changes",
    ShortcutTaken { name: String } = "shortcut_taken": "“{name}” is found by it already",

    // Agents, teams, roles, keys.
    AddressTaken = "address_taken": "an agent has this email address already",
    AboveYou = "above_you": "this agent may do more than you: ask an administrator",
    RoleAboveYou = "role_above_you": "this role gives more than you hold: ask an administrator",
    KeyAboveYou = "key_above_you": "a key cannot do more than you can",
    LastAdministrator = "last_administrator": "this is the last administrator: make somebody else one first",
    TeamUsed = "team_used": "tickets or inboxes belong to this team: give them to another first",
    AdministratorsDoAll = "administrators_do_all": "administrators may do everything: make another role for those who may not",
    RoleBuiltIn = "role_built_in": "a built-in role stays",
    RoleHeld = "role_held": "agents hold this role, perhaps deactivated ones: give them another first",

    // Inboxes, statuses, tags, webhooks.
    InboxAddressTaken = "inbox_address_taken": "an inbox has this email address already",
    InboxAddressNeeded = "inbox_address_needed": "the email address that customers write to is needed",
    ChatHasNoAddress = "chat_has_no_address": "a chat has no address",
    OtherChannel = "other_channel": "these are the settings of another channel",
    ChooseEmailInbox = "choose_email_inbox": "choose an email inbox",
    NotAColor = "not_a_color": "write the color as #2563eb",
    NotOrigins = "not_origins": "write origins such as https://shop.example",
    UserNameNeeded = "user_name_needed": "the user name is needed",
    AcknowledgeWords = "acknowledge_words": "write what the sender is told, in one language at least",
    UndoSeconds = "undo_seconds": "0 (off), or 5 to 30 seconds",
    NotALanguage = "not_a_language": "write the language as en or zh-TW",
    LanguageTwice = "language_twice": "each language once",
    HostNeeded = "host_needed": "the name of the server is needed, such as mail.shop.example",
    PasswordAgain = "password_again": "give the password again: it was for another server or user",
    CategoryNeeded = "category_needed": "choose a category",
    StatusMeaning = "status_meaning": "tickets in this status would change their life: make a new status instead",
    StatusBuiltIn = "status_built_in": "a built-in status stays: the desk itself moves tickets into it",
    NoSuchEvents { kind: String } = "no_such_events": "there are no events of the kind {kind:?}",
    WebhooksFull = "webhooks_full": "there are twenty webhooks already: remove one first",

    // What is promised, and business hours.
    PromiseLength = "promise_length": "promise from 60 seconds to 366 days, or null for no promise",
    ConditionsFull = "conditions_full": "at most 20 conditions",
    ConditionValues = "condition_values": "give each condition 1 to 100 values",
    ConditionValue = "condition_value": "a value is not one that its field can have",
    LevelsFull = "levels_full": "at most 30 levels",
    LevelValue = "level_value": "percent is 1 to 99, before and after are seconds from 1 on, breach is 0",
    LevelTooEarly = "level_too_early": "a warning must come after the clock has started: make it later",
    LevelTwice = "level_twice": "two levels come at the same time: give one all receivers",
    PoliciesFull = "policies_full": "there are 200 policies already: take one out of use first",
    PolicyChanged = "policy_changed": "somebody else changed this policy meanwhile: look at it again",
    DefaultTakesAll = "default_takes_all": "the default policy takes every ticket: it has no conditions",
    DefaultStays = "default_stays": "the default policy stays: set its times to none instead",
    OrderIncomplete = "order_incomplete": "name every policy but the default one, each once",
    OneDraft = "one_draft": "give exactly one of policy, delete, order and calendar",
    CalendarsFull = "calendars_full": "there are 100 calendars already: delete one first",
    CalendarChanged = "calendar_changed": "somebody else changed this calendar meanwhile: look at it again",
    CalendarUsed = "calendar_used": "a policy uses this calendar: give the policy another one first",
    NoFeed = "no_feed": "this calendar has no feed: give it the address of one first",
    TooManyDays = "too_many_days": "at most 2000 days: leave out old years",
    IntervalsFull = "intervals_full": "at most 12 intervals a day",
    DayWrong = "day_wrong": "at most 12 intervals a day, and names of at most 200 characters",

    // Complaints.
    NotACurrency = "not_a_currency": "a currency is three capital letters such as CNY (ISO 4217)",
    AmountsOrder = "amounts_order": "it is at least the large amount, and neither is below 0",
    TiersFull = "tiers_full": "at most 50 tiers of up to 60 characters",
    CeilingNegative = "ceiling_negative": "a ceiling is not below 0",
    BelowItself = "below_itself": "a category is not below itself",
    TooDeep { most: usize } = "too_deep": "at most {most} levels",
    CategoriesFull = "categories_full": "there are 500 categories already: put some to use",
    KindsFull = "kinds_full": "there are 100 kinds already",
    KindStays = "kind_stays": "every ticket begins as an inquiry, and complaints have their cases: both stay",
    LadderSteps { most: usize } = "ladder_steps": "1 to {most} steps are needed",
    StepMinutes { most: i64 } = "step_minutes": "a step has 1 to {most} minutes",
    ChecklistFull { most: usize } = "checklist_full": "at most {most} items",
    ChecklistItem = "checklist_item": "each item has a key of up to 60 and a text of 1 to 300 characters",
    ChecklistTwice = "checklist_twice": "two items have the same key",
    SayWhatFor = "say_what_for": "say what it is for",
    SayWhyRefused = "say_why_refused": "say why it is refused",
    SayWhyGrade = "say_why_grade": "say why: another grade changes who must answer and what may be given",
    SayHowSettled = "say_how_settled": "say how the customer confirmed, or why the case ends without that",
    SayWhyReopened = "say_why_reopened": "say why the case is open again",
    SayOutcome = "say_outcome": "say what came of it",
    ChangeKindInstead = "change_kind_instead": "change the ticket's kind instead: it was no complaint then",
    TimeToCome = "time_to_come": "choose a time that is still to come",
    NothingGiven = "nothing_given": "nothing is no compensation",
    SumOutOfRange { most: i64 } = "sum_out_of_range": "a sum is 0 to {most} of the smallest unit",
    NoSuchItem = "no_such_item": "this grade's checklist has no such item",
    FileNeeded = "file_needed": "name the file",
    NoteNeeded = "note_needed": "a note needs words",
    NotInTicket = "not_in_ticket": "this ticket has no such message or file",
    CaseThere = "case_there": "this ticket has a case already",
    CaseThereClosed = "case_there_closed": "this ticket had a case, which is closed: reopen it",
    CaseClosed = "case_closed": "the case is closed: reopen it first",
    CaseOpen = "case_open": "the case is open",
    NoComplaint = "no_complaint": "the ticket is no complaint now: change its kind to complaint",
    GradeFirst = "grade_first": "the grade decides what may be given: confirm it first",
    GradeUnconfirmed = "grade_unconfirmed": "nobody has confirmed the grade yet",
    ChecklistOpen = "checklist_open": "required items of the checklist are not done yet",
    CompensationWaits = "compensation_waits": "a compensation still waits for a decision",
    CompensationUnpaid = "compensation_unpaid": "an approved compensation is neither paid nor taken back yet",
    CompensationsFull = "compensations_full": "a case has at most 100 compensations",
    EvidenceFull = "evidence_full": "a case has at most 200 pieces of evidence",
    OwnRequest = "own_request": "nobody decides on what they asked for themselves",
    AboveCeiling = "above_ceiling": "this is above your own ceiling: somebody with a higher one must approve it",
    NotApproved = "not_approved": "this has not been approved yet",
    ApprovedAlready = "approved_already": "this is approved already",
    WasRefused = "was_refused": "this was refused: ask anew",
    PaidAlready = "paid_already": "this was paid already",
    TakenBack = "taken_back": "this was taken back: ask anew",
    CaseTaken = "case_taken": "somebody has taken the case already",
    NoFollowUp = "no_follow_up": "no follow-up is planned",

    // Routing and ownership.
    NotLanguages = "not_languages": "write languages as en or zh (ISO 639), at most 50",
    SkillNeeds = "skill_needs": "there is no such skill, or these are more than 200",
    SkillNeeded = "skill_needed": "a team's tickets need this skill: take the need away first",
    RoutingTiersFull = "routing_tiers_full": "50 tiers are enough: remove one first",
    SkillsFull = "skills_full": "200 skills are enough: remove one first",
    NotADay = "not_a_day": "a day is 1 (Monday) to 7 (Sunday)",
    NotATime = "not_a_time": "write a time as 09:00; the end may be 24:00",
    ShiftFull { most: usize } = "shift_full": "at most {most} intervals make a week",
    NotTheOwner = "not_the_owner": "only who answers for the ticket can offer it; ask a supervisor",
    OwnsIt = "owns_it": "this agent answers for the ticket already",
    CannotSee = "cannot_see": "this agent could not see the ticket: move it to one of their teams first",
    TicketSolved = "ticket_solved": "the ticket is solved: there is nothing to hand over",
    OfferedAlready = "offered_already": "the ticket is offered to somebody already: withdraw that first",
    NotToYou = "not_to_you": "this offer is not to you",
    OfferSettled = "offer_settled": "this offer is not open any more",
}

impl From<&'static str> for Fault {
    fn from(words: &'static str) -> Self {
        Self::Other(words.into())
    }
}

impl From<String> for Fault {
    fn from(words: String) -> Self {
        Self::Other(words.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_belongs_into_a_sentence_is_told_beside_its_code() {
        let fault = Fault::OutOfRange { least: 0, most: 7 };
        assert_eq!(fault.to_string(), "a whole number from 0 to 7");
        assert_eq!(fault.code().as_str(), "out_of_range");
        assert_eq!(
            fault.params(),
            BTreeMap::from([("least", 0.into()), ("most", 7.into())])
        );
        let words = Fault::from("this and that");
        assert_eq!(
            (words.code(), words.to_string()),
            (FaultCode::Other, "this and that".to_owned())
        );
        assert!(words.params().is_empty());
    }

    #[test]
    fn no_two_refusals_share_a_code() {
        let codes: BTreeSet<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), FaultCode::ALL.len());
    }
}
