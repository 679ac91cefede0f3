// The whole panel: header, bars, conversation and composer, and what is being written.
import { h } from 'preact'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Composer } from './composer'
import type { Config } from './frame'
import { Header } from './header'
import { Log } from './log'
import type { Kept } from './messages'
import type { Entry } from './outbox'
import { useReading, useSnapshot } from './reading'
import { StatusBar } from './status-bar'
import { useTray } from './tray'

interface Props {
  config: Config | null
  open: boolean
  kept: Kept
  keep: (name: string, value: string | null) => void
  close: () => void
}

export function Panel({ config, open, kept, keep, close }: Props) {
  const { conversation, words } = useReading()
  const snapshot = useSnapshot(conversation)
  const [text, setText] = useState(kept[':draft'] ?? '')
  const [dragging, setDragging] = useState(false)
  const tray = useTray()
  const field = useRef<HTMLTextAreaElement>(null)
  const panel = useRef<HTMLElement>(null)

  useEffect(() => {
    // On a touch screen focusing the field would raise the keyboard over the conversation.
    if (open) (matchMedia('(pointer: coarse)').matches ? panel : field).current?.focus()
  }, [open])

  useEffect(() => {
    const escape = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.isComposing && !document.querySelector('dialog[open]')) close()
    }
    addEventListener('keydown', escape)
    return () => removeEventListener('keydown', escape)
  }, [])

  useEffect(() => {
    const timer = setTimeout(() => keep(':draft', text || null), 400)
    return () => clearTimeout(timer)
  }, [text])

  const write = (changed: string) => {
    setText(changed)
    conversation.typed(!changed)
  }
  const send = () => {
    if (!tray.ready || !(text.trim() || tray.attachments.length)) return
    conversation.send(text.trim(), tray.attachments)
    setText('')
    tray.clear()
    field.current?.focus()
  }
  const edit = (entry: Entry) => {
    conversation.discard(entry.client_id)
    setText(entry.text)
    tray.restore(entry.attachments)
    field.current?.focus()
  }
  const drag = (event: DragEvent) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    setDragging(event.type === 'dragover')
    if (event.type === 'drop') tray.add(event.dataTransfer.files)
  }

  // Not drawn anew with every key.
  const log = useMemo(
    () => <Log config={config} snapshot={snapshot} open={open} edit={edit} kept={kept} keep={keep} />,
    [config, snapshot, open],
  )
  return (
    <main ref={panel} tabIndex={-1} onDragOver={drag} onDragLeave={drag} onDrop={drag}>
      <Header config={config} snapshot={snapshot} close={close} />
      <StatusBar snapshot={snapshot} />
      {log}
      <Composer field={field} text={text} write={write} send={send} tray={tray} />
      {dragging && <div class="drop">{words.dropHere}</div>}
    </main>
  )
}
