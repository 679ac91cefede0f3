// The conversation itself: keeps to its end unless the visitor reads further up, and reports what was seen.
import { Fragment, h } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Config } from './frame'
import type { Snapshot } from './conversation'
import { AskEmail } from './ask-email'
import { Face } from './face'
import { groupsOf } from './groups'
import { Group, Words } from './group'
import { Icon } from './icons'
import type { Kept } from './messages'
import type { Entry } from './outbox'
import { useReading } from './reading'

interface Props {
  config: Config | null
  snapshot: Snapshot
  open: boolean
  edit: (entry: Entry) => void
  kept: Kept
  keep: (name: string, value: string | null) => void
}

export function Log({ config, snapshot, open, edit, kept, keep }: Props) {
  const { words, conversation } = useReading()
  const { messages, outbox, typing, loaded, seen } = snapshot
  const list = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const [away, setAway] = useState(false)
  const [settled, setSettled] = useState(false)

  const look = () => {
    if (open && atEnd.current && !document.hidden) conversation.look()
  }
  const toEnd = () => {
    list.current!.scrollTop = list.current!.scrollHeight
  }
  const scrolled = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!
    atEnd.current = scrollHeight - scrollTop - clientHeight < 32
    setAway(!atEnd.current)
    look()
  }

  // The visitor's own words always come into view; others' only when nothing is being read.
  useLayoutEffect(toEnd, [outbox.length, loaded])
  useLayoutEffect(() => {
    if (atEnd.current) toEnd()
  })
  useEffect(look, [messages, open])
  useEffect(() => {
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  })
  useEffect(() => {
    const observer = new ResizeObserver(() => atEnd.current && toEnd())
    observer.observe(list.current!)
    return () => observer.disconnect()
  }, [])
  // What was there before is not read out; what comes from now on is.
  useEffect(() => {
    if (!loaded) return
    const timer = setTimeout(() => setSettled(true), 1_000)
    return () => clearTimeout(timer)
  }, [loaded])

  const groups = groupsOf(messages, outbox)
  const own = groups.findLast((group) => group.from === 'visitor')
  const unseen = messages.some((message) => message.from !== 'visitor' && message.position > seen)
  return (
    <div class="view">
      <div
        class="log"
        role="log"
        aria-label={words.log}
        aria-live={settled && open ? 'polite' : 'off'}
        tabIndex={0}
        ref={list}
        onScroll={scrolled}
      >
        {snapshot.more && <p class="line">{words.earlier}</p>}
        {config?.greeting && !snapshot.more && (
          <div class="group agent greeting">
            <Face name={config.title} />
            <div class="bubble">
              <Words text={config.greeting} />
            </div>
          </div>
        )}
        {groups.map((group, index) => (
          <Group
            key={group.key}
            group={group}
            newDay={group.day !== groups[index - 1]?.day}
            agentSeen={group === own ? snapshot.agentSeen : null}
            edit={edit}
          />
        ))}
        <AskEmail config={config} snapshot={snapshot} kept={kept} keep={keep} />
        <p class="typing" aria-live="off">
          {typing && (
            <>
              <i />
              <i />
              <i />
              {words.typing(typing.name || words.someone)}
            </>
          )}
        </p>
      </div>
      {away && (
        <button class="to-end" aria-label={words.newMessages} onClick={toEnd}>
          {unseen && words.newMessages}
          <Icon name="down" />
        </button>
      )}
    </div>
  )
}
