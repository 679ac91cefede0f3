// The head of the panel in the shop's colour: who answers, and whether somebody is there.
import { h } from 'preact'
import type { Config } from './frame'
import type { Snapshot } from './conversation'
import { Face } from './face'
import { Icon } from './icons'
import { useReading } from './reading'

interface Props {
  config: Config | null
  snapshot: Snapshot
  close: () => void
}

export function Header({ config, snapshot, close }: Props) {
  const { words } = useReading()
  const title = config?.title || words.title
  const agent = snapshot.messages.findLast((message) => message.from === 'agent')?.name
  const online = snapshot.online ?? config?.online
  const presence = online === undefined ? '' : online ? words.online : words.away
  return (
    <header>
      <Face name={agent || title} />
      <div class="who">
        <h1>{title}</h1>
        <p>
          {online && <i class="dot" />}
          {agent && <span class="name">{agent}</span>}
          {agent && presence && ' · '}
          <span class="presence">{presence}</span>
        </p>
      </div>
      <button aria-label={words.close} onClick={close}>
        <Icon name="close" />
      </button>
    </header>
  )
}
