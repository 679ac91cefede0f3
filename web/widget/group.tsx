// One speaker's messages in a row, with the face before and the time and state after them.
import { Fragment, h } from 'preact'
import { AttachmentView } from './attachment'
import { dayName, fullTime, timeOf } from './days'
import { Face } from './face'
import type { Group as Content, Line } from './groups'
import { pieces } from './links'
import type { Entry } from './outbox'
import { useReading } from './reading'
import { explain, isWorthRetrying } from './words'

interface Props {
  group: Content
  newDay: boolean
  agentSeen: number | null // only the visitor's last group shows what became of it
  edit: (entry: Entry) => void
}

export function Group({ group, newDay, agentSeen, edit }: Props) {
  const { words, locale } = useReading()
  const { from, lines } = group
  const last = lines.at(-1)!
  const name = from === 'visitor' ? words.you : group.name || words.someone
  const state = last.entry
    ? last.entry.problem ? '' : words.sending
    : agentSeen === null ? '' : last.position! <= agentSeen ? words.seen : words.sent
  return (
    <>
      {newDay && <p class="day">{dayName(last.at, locale)}</p>}
      {from === 'system' ? (
        lines.map((line) => (
          <p key={line.key} class="line">
            <Words text={line.text} />
          </p>
        ))
      ) : (
        <div class={'group ' + from}>
          {from === 'agent' && <Face name={name} />}
          <div class="lines">
            {lines.map((line) => (
              <LineView key={line.key} line={line} name={name} edit={edit} />
            ))}
            <p class="meta">
              {from === 'agent' && <span class="name">{name}</span>}
              <time dateTime={last.at} title={fullTime(last.at, locale)}>
                {timeOf(last.at, locale)}
              </time>
              {state && <span>{state}</span>}
            </p>
          </div>
        </div>
      )}
    </>
  )
}

function LineView({ line, name, edit }: { line: Line; name: string; edit: (entry: Entry) => void }) {
  const { entry, text, attachments } = line
  return (
    <>
      <span class="hidden">{name}: </span>
      {text && (
        <div class={entry && !entry.problem ? 'bubble pending' : 'bubble'}>
          <Words text={text} />
        </div>
      )}
      {attachments.map((attachment) => (
        <AttachmentView key={attachment.id} attachment={attachment} />
      ))}
      {entry?.problem && <Failure entry={entry} edit={edit} />}
    </>
  )
}

function Failure({ entry, edit }: { entry: Entry; edit: (entry: Entry) => void }) {
  const { words, conversation } = useReading()
  const retry = isWorthRetrying(entry.problem!)
  return (
    <p class="failure" role="alert">
      {words.failed} {explain(words, entry.problem!)}
      <span>
        {retry && (
          <button onClick={() => conversation.retry(entry.client_id)}>
            {words.retry}
          </button>
        )}
        {!retry && (
          <button onClick={() => edit(entry)}>
            {words.edit}
          </button>
        )}
        <button onClick={() => conversation.discard(entry.client_id)}>
          {words.discard}
        </button>
      </span>
    </p>
  )
}

/** A message's text as nodes, its web addresses as links. Never markup. */
export function Words({ text }: { text: string }) {
  return (
    <span class={/\p{Script=Han}/u.test(text) ? 'words han' : 'words'} dir="auto">
      {pieces(text).map(({ text, href }) =>
        href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow">
            {text}
          </a>
        ) : (
          text
        ),
      )}
    </span>
  )
}
