// The names of what the server and the pages say to each other. All of it is generated from openapi.json (see
// generate.mjs); here it only gets short names. Times are RFC 3339 in UTC, ids UUIDs, errors RFC 9457 problems.
import type { components } from './api'

/** What the server is about to say. */
export type ExpectedPermission = Permission | 'ticket.reassign_owner' | 'admin.routing'
export type ExpectedField = TicketField | 'kind'
interface Expected { kind?: string; grade?: Schemas['Grade'] | null; grade_confirmed?: boolean; case_state?: 'open' | 'closed' | null }

type Schemas = components['schemas']

export type Id = string
export type Time = Schemas['Timestamp']
export interface Page<T> { items: T[]; next: string | null }
export type FaultCode = Schemas['FaultCode']
/** What a proxy before the server answers has no code. */
export type Problem = Omit<Schemas['Problem'], 'code' | 'params'> & Partial<Pick<Schemas['Problem'], 'code' | 'params'>>
export type FieldFault = Schemas['FieldError']
export type Conflict = Schemas['Conflict']

export type Locale = Schemas['Locale']
export type Channel = Schemas['Channel']
export type Category = Schemas['Category']
export type Priority = Schemas['Priority']
export type Direction = Schemas['Direction']
export type Visibility = Schemas['Visibility']
export type Delivery = Schemas['Delivery']
export type Permission = Schemas['Permission']
export type IdentityKind = Schemas['IdentityKind']
export type TicketField = Schemas['Field']
export type View = Schemas['View']

export type Agent = Schemas['Agent']
export type Role = Schemas['Role']
export type Team = Schemas['Team']
export type Tag = Schemas['Tag']
export type Status = Schemas['Status']
export type ApiKey = Schemas['ApiKey']
export type OwnSession = Schemas['Session']
export type Me = Schemas['Me']
export type Bootstrap = Schemas['Bootstrap']

export type Inbox = Schemas['Inbox']
export type Security = Schemas['Security']
export type EmailSettings = Schemas['EmailSettings']
export type ChatSettings = Schemas['ChatSettings']
export type Signature = Schemas['Signature']
/** Something that an administrator must see to. */
export type Alarm = Schemas['Alarm']
export type MailDomain = Schemas['MailDomain']
export type DnsFinding = Schemas['DomainFinding']
export type InboxCheck = Schemas['Check']

export type CustomerBrief = Schemas['CustomerBrief']
export type Customer = Schemas['Customer']
export type Identity = Schemas['Identity']

export type TicketSummary = Schemas['TicketSummary'] & Expected
export type TicketDetail = Schemas['TicketDetail']
export type Pause = Schemas['Pause']
export type Edit = Schemas['EditIn']
export type Message = Schemas['Message']
export type MailDetails = Schemas['Mail']
export type CallDetails = Schemas['CallDetails']
export type Attachment = Schemas['Attachment']
export type TicketLink = Schemas['TicketLink']
export type Joined = Schemas['Joined']
export type Authenticity = Schemas['Authenticity']
export type Activity = Schemas['Activity']
export type NewTicket = Schemas['TicketIn']
export type NewMessage = Schemas['ReplyIn']
/** An answer that waits: to be taken back for some seconds, or to go later. */
export type ScheduledReply = Schemas['ScheduledReply']
export type TakenBack = Schemas['TakenBack']
/** What an answer would be sent with. */
export type ComposerFacts = Schemas['Composer']
/** A saved reply: as it is kept, as it is offered for a ticket, and what it did there. */
export type Macro = Schemas['Macro']
export type MacroChanges = Schemas['MacroChanges']
export type OfferedMacro = Schemas['OfferedMacro']
export type OfferedMacros = Schemas['OfferedMacros']
export type AppliedMacro = Schemas['AppliedMacro']
export type Notification = Schemas['Notification']
export type Found = Schemas['Found']
export type Counts = Schemas['ViewCounts']

/** What became of every mail that came. */
export type MailRecord = Schemas['MailRecord']
export type MailRecordDetail = Schemas['MailRecordDetail']
export type MailState = Schemas['RawState']
export type MailCounts = Schemas['MailCounts']
export type SenderRule = Schemas['SenderRule']

export type RingingCall = Schemas['RingingCall']
export type CallEntry = Schemas['CallLogIn']
export type Caller = Schemas['Callers']

/** The agents' live feed: `In` from the page, `Out` from the server. */
export type FeedIn = Schemas['FeedIn']
export type FeedOut = Schemas['FeedOut']
export type Frame = Schemas['Frame']
export type Viewer = Schemas['Viewer']

/** The widget's socket. */
export type WidgetIn = Schemas['WidgetIn']
export type WidgetOut = Schemas['WidgetOut']
export type WidgetMessage = Schemas['WidgetMessage']
