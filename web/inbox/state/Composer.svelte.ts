// What is being written on the open ticket: text, kind, recipients, files, mentions; saved as one types.
import type { Attachment, Channel, ComposerFacts, Id, NewMessage, TakenBack, TicketDetail, Visibility } from '../../shared/types'
import { upload } from '../api/upload'
import { stillStands } from '../macros/standing'
import { keepDraft, localDraft } from './Drafts'
import type { Outgoing } from './Outbox.svelte'

export interface WritingFile { key: number; name: string; size: number; image: string | null; share: number; attachment: Attachment | null; problem: string | null; stop: () => void; file: File }
export interface DraftRoutes { saveDraft(ticket: Id, text: string, visibility: Visibility, macros: Id[]): Promise<void>; dropDraft(ticket: Id): Promise<void>; composerFacts(ticket: Id, answering: Id | null): Promise<ComposerFacts> }
/** When an answer goes, if not at once. */
export interface Later { at: string; unlessAnswered: boolean }

const SAVE_AFTER = 900
const PAUSE = 6_000

export class Composer {
  ticket = $state<Id | null>(null)
  text = $state('')
  visibility = $state<Visibility>('public')
  channel = $state<Channel>('email')
  to = $state.raw<string[]>([])
  cc = $state.raw<string[]>([])
  bcc = $state.raw<string[]>([])
  /** The message whose recipients are answered; without it the newest that came in. */
  answering = $state<Id | null>(null)
  /** Signature, limits, who stands in the ticket: told by the server a moment after it is opened. */
  facts = $state.raw<ComposerFacts | null>(null)
  subject = $state<string | null>(null)
  files = $state.raw<WritingFile[]>([])
  saved = $state<'nothing' | 'changed' | 'saving' | 'saved' | 'local'>('nothing')
  /** The newest public message the writer has seen. What comes after it is shown before sending. */
  seen = $state(0)
  focusWanted = $state(0)
  readonly uploading = $derived(this.files.some((file) => !file.attachment && !file.problem))
  readonly empty = $derived(this.text.trim() === '' && !this.files.some((file) => file.attachment))
  private mentions = new Map<Id, string>()
  /** Saved replies that this was written from, with the words that each put in, where this page knows them. */
  private macros = new Map<Id, string>()
  /** The words of all that were used on this page: an answer that comes back is known again. */
  private readonly putIn = new Map<Id, string>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private pause: ReturnType<typeof setTimeout> | undefined
  private counted = 0
  private carried = ''

  constructor(
    private readonly routes: DraftRoutes,
    private readonly onTyping: (ticket: Id, kind: 'reply' | 'note' | null) => void,
    private readonly me: () => Id,
    private readonly newId: () => Id = () => crypto.randomUUID(),
  ) {}

  /** Starts on a ticket, from whichever copy of the draft is newer. */
  begin(detail: TicketDetail): void {
    if (this.ticket === detail.ticket.id) return
    this.leave()
    const id = detail.ticket.id
    const local = localDraft(this.me(), id)
    const server = detail.draft
    const draft = local && (!server || local.updated_at > server.updated_at) ? local : server
    this.ticket = id
    this.text = draft?.text ?? ''
    this.visibility = draft?.visibility ?? 'public'
    this.channel = detail.reply_defaults.channel
    this.to = detail.reply_defaults.to
    this.cc = detail.reply_defaults.cc
    this.bcc = []
    this.subject = detail.reply_defaults.subject
    this.macros = new Map(local === draft && local ? (local.macros ?? []) : (server?.macro_ids ?? []).map((one) => [one, this.putIn.get(one) ?? '']))
    this.saved = draft === null ? 'nothing' : draft === local ? 'local' : 'saved'
    this.seen = newestPublic(detail)
    if (this.saved === 'local') this.save()
    if (this.carried && !this.text) this.write(this.carried)
    this.carried = ''
    if (this.channel === 'email') void this.learn(null)
  }

  /** Answers this message: to those to whom it went. */
  async answer(message: Id): Promise<void> {
    this.switchTo('public')
    this.channel = 'email'
    await this.learn(message)
  }

  /** Recipients change only with the message that is answered, never under the writer's hands. */
  private async learn(message: Id | null): Promise<void> {
    const ticket = this.ticket
    if (!ticket) return
    try {
      const facts = await this.routes.composerFacts(ticket, message)
      if (this.ticket !== ticket) return
      this.facts = facts
      if (message) Object.assign(this, { answering: message, to: facts.to, cc: facts.cc, subject: facts.subject })
    } catch {
      // Without them one can answer all the same.
    }
  }

  /** The words go along to the ticket that is opened next, unless that has a draft. */
  carry(): void {
    this.carried = this.text
  }

  leave(): void {
    if (this.timer !== undefined) void this.saveNow()
    this.tellTyping(null)
    for (const file of this.files) if (!file.attachment) file.stop()
    this.clear()
    this.ticket = null
    this.facts = null
  }

  write(text: string): void {
    this.text = text
    // What is begun anew is one's own.
    if (text.trim() === '') this.macros = new Map()
    this.changed()
    this.tellTyping(text.trim() === '' ? null : this.visibility === 'note' ? 'note' : 'reply')
  }

  /** Writing ends when one pauses, not only when the text is gone. */
  private tellTyping(kind: 'reply' | 'note' | null): void {
    clearTimeout(this.pause)
    const ticket = this.ticket
    if (!ticket) return
    this.onTyping(ticket, kind)
    if (kind) this.pause = setTimeout(() => this.onTyping(ticket, null), PAUSE)
  }

  switchTo(visibility: Visibility): void {
    if (this.visibility !== visibility) {
      this.visibility = visibility
      if (this.text) this.changed()
    }
    this.focusWanted += 1
  }

  mention(agent: { id: Id; name: string }): void {
    this.mentions.set(agent.id, agent.name)
  }

  /** A saved reply put these words in. */
  use(macro: Id, words: string): void {
    this.macros.set(macro, words)
    this.putIn.set(macro, words)
    this.changed()
  }

  unuse(macro: Id): void {
    this.macros.delete(macro)
    this.changed()
  }

  /** Those whose words still stand in the text: a grade that no longer allows one of them refuses the answer. */
  private get usedMacros(): [Id, string][] {
    return [...this.macros].filter(([, words]) => stillStands(this.text, words))
  }

  private useAgain(macros: Id[] | undefined): void {
    for (const id of macros ?? []) this.macros.set(id, this.putIn.get(id) ?? '')
  }

  attach(list: Iterable<File>, wrong: (error: unknown) => string): void {
    for (const file of list) this.start(file, wrong)
  }

  retryFile(key: number, wrong: (error: unknown) => string): void {
    const file = this.files.find((other) => other.key === key)
    if (!file) return
    this.removeFile(key)
    this.start(file.file, wrong)
  }

  removeFile(key: number): void {
    const file = this.files.find((other) => other.key === key)
    if (file?.image) URL.revokeObjectURL(file.image)
    if (file && !file.attachment) file.stop()
    this.files = this.files.filter((other) => other.key !== key)
  }

  /** The message as it is to be sent; the composer is empty afterwards. */
  take(statusId: Id | null, later: Later | null = null): { body: NewMessage; files: { name: string; size: number }[] } {
    const note = this.visibility === 'note'
    const attached = this.files.flatMap((file) => (file.attachment ? [file.attachment] : []))
    const macros = this.usedMacros.map(([id]) => id)
    const mentioned = [...this.mentions].filter(([, name]) => this.text.includes(`@${name}`)).map(([id]) => id)
    const body: NewMessage = {
      client_id: this.newId(), visibility: this.visibility, text: this.text.trim(), seen_position: this.seen,
      ...(note ? {} : { channel: this.channel }),
      ...(!note && this.channel === 'email' ? this.asMail(later) : {}),
      ...(attached.length ? { attachment_ids: attached.map((file) => file.id) } : {}),
      ...(note && mentioned.length ? { mention_ids: mentioned } : {}),
      ...(!note && macros.length ? { macro_ids: macros } : {}),
      ...(statusId ? { status_id: statusId } : {}),
    }
    const ticket = this.ticket
    const { to, cc, bcc, subject, channel, seen } = this
    this.clear()
    Object.assign(this, { to, cc, bcc, subject, channel, seen, visibility: 'public' })
    if (ticket) {
      keepDraft(this.me(), ticket, null)
      void this.routes.dropDraft(ticket).catch(() => {})
      this.tellTyping(null)
    }
    return { body, files: attached.map(({ name, size }) => ({ name, size })) }
  }

  private asMail(later: Later | null): Partial<NewMessage> {
    return {
      to: this.to, cc: this.cc, ...(this.bcc.length ? { bcc: this.bcc } : {}), ...(this.subject ? { subject: this.subject } : {}), ...(this.answering ? { answering: this.answering } : {}),
      ...(later ? { send_at: later.at, cancel_if_answered: later.unlessAnswered } : { undoable: true }),
    }
  }

  /** What the server gave back before it left: written again as if it had never been sent. */
  putBack(taken: TakenBack): void {
    Object.assign(this, { visibility: taken.visibility, to: taken.to, cc: taken.cc, bcc: taken.bcc, subject: taken.subject })
    this.useAgain(taken.macro_ids)
    this.write(this.text.trim() ? `${taken.text}\n\n${this.text}` : taken.text)
    this.files = [...this.files, ...taken.attachments.map((file) => this.uploaded(file))]
    this.focusWanted += 1
  }

  private uploaded(attachment: Attachment): WritingFile {
    const { name, size } = attachment
    return { key: ++this.counted, name, size, image: null, share: 1, attachment, problem: null, stop: () => {}, file: new File([], name) }
  }

  /** Puts back what was taken, to be changed. Files already uploaded stay attached by the outgoing body. */
  restore(outgoing: Outgoing): void {
    this.visibility = outgoing.body.visibility
    if (outgoing.body.to) this.to = outgoing.body.to
    if (outgoing.body.cc) this.cc = outgoing.body.cc
    this.bcc = outgoing.body.bcc ?? []
    this.useAgain(outgoing.body.macro_ids)
    this.write(this.text.trim() ? `${outgoing.body.text}\n\n${this.text}` : outgoing.body.text)
    this.files = (outgoing.body.attachment_ids ?? []).map((id, index) => {
      const kept = outgoing.files[index] ?? { name: '', size: 0 }
      return this.uploaded({ id, ...kept, media_type: '', inline: false, content_id: null, link_until: null })
    })
    this.focusWanted += 1
  }

  private start(file: File, wrong: (error: unknown) => string): void {
    const key = ++this.counted
    const sending = upload(file, (share) => this.changeFile(key, { share }))
    const image = file.type.startsWith('image/') ? URL.createObjectURL(file) : null
    this.files = [...this.files, { key, name: file.name || 'image.png', size: file.size, image, share: 0, attachment: null, problem: null, stop: sending.stop, file }]
    sending.done.then(
      (attachment) => this.changeFile(key, { attachment, share: 1 }),
      (error: unknown) => this.changeFile(key, { problem: wrong(error) }),
    )
  }

  private changeFile(key: number, changes: Partial<WritingFile>): void {
    this.files = this.files.map((file) => (file.key === key ? { ...file, ...changes } : file))
  }

  private changed(): void {
    if (!this.ticket) return
    this.saved = 'changed'
    keepDraft(this.me(), this.ticket, this.text === '' ? null : { text: this.text, visibility: this.visibility, updated_at: new Date().toISOString(), macros: this.usedMacros })
    this.save()
  }

  /** The server can be reached again: what only this device holds goes there too. */
  saveAgain(): void {
    if (this.saved === 'local') this.save()
  }

  private save(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.saveNow(), SAVE_AFTER)
  }

  private async saveNow(): Promise<void> {
    clearTimeout(this.timer)
    this.timer = undefined
    const { ticket, text, visibility, usedMacros } = this
    if (!ticket) return
    this.saved = 'saving'
    try {
      await (text === '' ? this.routes.dropDraft(ticket) : this.routes.saveDraft(ticket, text, visibility, usedMacros.map(([id]) => id)))
      if (this.ticket === ticket && this.text === text) this.saved = text === '' ? 'nothing' : 'saved'
    } catch {
      if (this.ticket === ticket) this.saved = 'local'
    }
  }

  private clear(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    for (const file of this.files) if (file.image) URL.revokeObjectURL(file.image)
    this.text = ''
    this.visibility = 'public'
    this.files = []
    this.mentions = new Map()
    this.macros = new Map()
    this.saved = 'nothing'
    this.answering = null
    this.bcc = []
  }
}

function newestPublic(detail: TicketDetail): number {
  return detail.messages.findLast((message) => message.visibility === 'public')?.position ?? 0
}
