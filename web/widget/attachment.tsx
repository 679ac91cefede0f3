// A file in the conversation: a picture as a thumbnail that opens large, anything else as a row to download.
import { Fragment, h } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Attachment } from '../shared/types'
import { sizeOf } from './days'
import { isPicture } from './files'
import { Icon } from './icons'
import { useReading } from './reading'

export function AttachmentView({ attachment }: { attachment: Attachment }) {
  return isPicture(attachment) ? <Picture attachment={attachment} /> : <FileRow attachment={attachment} />
}

function Picture({ attachment }: { attachment: Attachment }) {
  const { files, words } = useReading()
  const [url, setUrl] = useState('')
  const [failed, setFailed] = useState(false)
  const frame = useRef<HTMLButtonElement>(null)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry!.isIntersecting) return
      observer.disconnect()
      files.url(attachment.id).then(setUrl, () => setFailed(true))
    })
    observer.observe(frame.current!)
    return () => observer.disconnect()
  }, [attachment.id])

  if (failed) return <FileRow attachment={attachment} />
  const close = () => dialog.current!.close()
  return (
    <>
      <button
       
        class="picture"
        ref={frame}
        aria-label={attachment.name}
        onClick={() => url && dialog.current!.showModal()}
      >
        {url && <img src={url} alt="" onError={() => setFailed(true)} />}
      </button>
      <dialog ref={dialog} aria-label={attachment.name} onClick={close}>
        <button aria-label={words.close}>
          <Icon name="close" />
        </button>
        {url && <img src={url} alt={attachment.name} />}
      </dialog>
    </>
  )
}

function FileRow({ attachment }: { attachment: Attachment }) {
  const { files, words, locale } = useReading()
  const [failed, setFailed] = useState(false)
  const download = async () => {
    try {
      const link = document.createElement('a')
      link.href = await files.url(attachment.id)
      link.download = attachment.name
      link.click()
      setFailed(false)
    } catch {
      setFailed(true)
    }
  }
  return (
    <button class="file" onClick={download}>
      <Icon name="file" />
      <span class="name">{attachment.name}</span>
      <small>{failed ? words.fileFailed : sizeOf(attachment.size, locale)}</small>
      <span class="hidden">{words.download}</span>
    </button>
  )
}
