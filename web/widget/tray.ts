// The files of the message being written: uploading, uploaded, or refused with the reason.
import { useRef, useState } from 'preact/hooks'
import type { Attachment, Problem } from '../shared/types'
import { LARGEST_FILE } from './files'
import { useReading } from './reading'
import { explain } from './words'

export interface TrayItem {
  id: number
  name: string
  share: number // uploaded, 0 to 1
  attachment: Attachment | null
  trouble: string | null
  file: File | null
  abort: AbortController
}

export interface Tray {
  items: TrayItem[]
  attachments: Attachment[]
  ready: boolean // nothing under way
  add: (files: Iterable<File>) => void
  retry: (item: TrayItem) => void
  remove: (item: TrayItem) => void
  restore: (attachments: Attachment[]) => void
  clear: () => void // keeps what is in trouble, with the reason
}

export function useTray(): Tray {
  const { files, words } = useReading()
  const [items, setItems] = useState<TrayItem[]>([])
  const lastId = useRef(0)

  const place = (name: string, part: Partial<TrayItem>): TrayItem => {
    const blank = { share: 0, attachment: null, trouble: null, file: null, abort: new AbortController() }
    const item = { id: ++lastId.current, name, ...blank, ...part }
    setItems((items) => [...items, item])
    return item
  }
  const change = (id: number, part: Partial<TrayItem>) =>
    setItems((items) => items.map((item) => (item.id === id ? { ...item, ...part } : item)))

  const upload = (item: TrayItem) => {
    change(item.id, { share: 0, trouble: null })
    files.upload(item.file!, (share) => change(item.id, { share }), item.abort.signal).then(
      (attachment) => change(item.id, { attachment, share: 1 }),
      (problem: Problem | null) =>
        change(item.id, { trouble: problem ? explain(words, problem) : words.uploadFailed }),
    )
  }

  return {
    items,
    attachments: items.flatMap((item) => item.attachment ?? []),
    ready: items.every((item) => item.attachment || item.trouble),
    add: (added) => {
      for (const file of added)
        if (file.size > LARGEST_FILE) place(file.name, { trouble: words.tooLarge })
        else upload(place(file.name, { file }))
    },
    retry: upload,
    remove: (item) => {
      item.abort.abort()
      setItems((items) => items.filter(({ id }) => id !== item.id))
    },
    restore: (attachments) => {
      for (const attachment of attachments) place(attachment.name, { attachment, share: 1 })
    },
    clear: () => setItems((items) => items.filter((item) => item.trouble)),
  }
}
