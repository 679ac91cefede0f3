// Where the visitor writes: a field that grows, files on their way, and one button.
import { useLayoutEffect, useRef } from 'preact/hooks'
import { h, type RefObject } from 'preact'
import { Icon } from './icons'
import { useReading } from './reading'
import type { Tray, TrayItem } from './tray'

const LONGEST_TEXT = 10_000

interface Props {
  field: RefObject<HTMLTextAreaElement | null>
  text: string
  write: (text: string) => void
  send: () => void
  tray: Tray
}

export function Composer({ field, text, write, send, tray }: Props) {
  const { words } = useReading()
  const picker = useRef<HTMLInputElement>(null)

  useLayoutEffect(() => {
    const area = field.current!
    area.style.height = 'auto'
    area.style.height = area.scrollHeight + 'px'
  }, [text])

  const key = (event: KeyboardEvent) => {
    // While an input method composes, Enter chooses a candidate; Safari says so by 229 only.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    send()
  }
  const paste = (event: ClipboardEvent) => {
    const files = event.clipboardData?.files
    if (!files?.length) return
    event.preventDefault()
    tray.add(files)
  }
  const pick = () => {
    tray.add(picker.current!.files!)
    picker.current!.value = ''
  }
  const empty = !text.trim() && !tray.attachments.length
  return (
    <footer>
      {tray.items.length > 0 && (
        <ul>
          {tray.items.map((item) => (
            <Item key={item.id} item={item} tray={tray} />
          ))}
        </ul>
      )}
      <div class="compose">
        <input type="file" multiple hidden ref={picker} onChange={pick} />
        <button aria-label={words.attach} onClick={() => picker.current!.click()}>
          <Icon name="attach" />
        </button>
        <textarea
          ref={field}
          rows={1}
          maxLength={LONGEST_TEXT}
          value={text}
          aria-label={words.write}
          placeholder={words.write}
          enterkeyhint="send"
          onInput={(event) => write(event.currentTarget.value)}
          onKeyDown={key}
          onPaste={paste}
        />
        <button
         
          class="send"
          aria-label={words.send}
          aria-disabled={empty || !tray.ready}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </footer>
  )
}

function Item({ item, tray }: { item: TrayItem; tray: Tray }) {
  const { words } = useReading()
  const { name, share, attachment, trouble, file } = item
  return (
    <li>
      <span class="name">{name}</span>
      {trouble && <small role="alert">{trouble}</small>}
      {!trouble && !attachment && <progress value={share} aria-label={name} />}
      {trouble && file && (
        <button onClick={() => tray.retry(item)}>
          {words.retry}
        </button>
      )}
      <button aria-label={`${words.discard} ${name}`} onClick={() => tray.remove(item)}>
        <Icon name="close" />
      </button>
    </li>
  )
}
