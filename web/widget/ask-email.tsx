// Asks for an e-mail address, once and in passing, so that an answer can follow a visitor who leaves.
// What is typed here is a claim; the server treats it so.
import { h } from 'preact'
import { useState } from 'preact/hooks'
import type { Config } from './frame'
import type { Snapshot } from './conversation'
import type { Kept } from './messages'
import { useReading } from './reading'

interface Props {
  config: Config | null
  snapshot: Snapshot
  kept: Kept
  keep: (name: string, value: string | null) => void
}

export function AskEmail({ config, snapshot, kept, keep }: Props) {
  const { words, conversation } = useReading()
  const { visitor, online, loaded, messages } = snapshot
  const [changing, setChanging] = useState(false)
  const [saved, setSaved] = useState(false)
  const [dismissed, setDismissed] = useState(Boolean(kept[':asked']))
  const [wrong, setWrong] = useState(false)
  const wrote = messages.some((message) => message.from === 'visitor')

  if (!loaded) return null
  if (visitor.email && !changing)
    return saved || (online === false && wrote) ? (
      <p class="line">
        {words.answersTo(visitor.email)}{' '}
        <button type="button" onClick={() => setChanging(true)}>
          {words.edit}
        </button>
      </p>
    ) : null
  if (!changing && (!config?.ask_email || dismissed || !(wrote || online === false))) return null

  const dismiss = () => {
    keep(':asked', '1')
    setDismissed(true)
    setChanging(false)
  }
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const email = String(form.get('email')).trim()
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return setWrong(true)
    conversation.identify(String(form.get('name')).trim() || null, email)
    setWrong(false)
    setSaved(true)
    setChanging(false)
  }
  return (
    <form class="ask" noValidate onSubmit={save}>
      <p>{online ? words.askEmail : words.askEmailAway}</p>
      <input
        name="email"
        type="email"
        autocomplete="email"
        aria-label={words.email}
        placeholder={words.email}
        aria-invalid={wrong}
        aria-describedby="bad-email"
        defaultValue={visitor.email ?? ''}
      />
      {wrong && <small id="bad-email" role="alert">{words.badEmail}</small>}
      <input
        name="name"
        autocomplete="name"
        aria-label={words.name}
        placeholder={words.name}
        defaultValue={visitor.name ?? ''}
      />
      <div>
        <button type="submit" class="primary">
          {words.save}
        </button>
        <button type="button" onClick={dismiss}>
          {words.notNow}
        </button>
      </div>
    </form>
  )
}
