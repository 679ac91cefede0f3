// What every part of the panel needs to draw itself: language, words, files and the conversation.
// A frame shows one conversation for as long as it lives, so there is one reading and no context.
import { useEffect, useState } from 'preact/hooks'
import type { Locale } from '../shared/types'
import type { Conversation, Snapshot } from './conversation'
import type { Files } from './files'
import type { Words } from './words'

export interface Reading {
  locale: Locale
  words: Words
  files: Files
  conversation: Conversation
}

let only: Reading

export function startReading(reading: Reading): void {
  only = reading
}

export const useReading = (): Reading => only

export function useSnapshot(conversation: Conversation): Snapshot {
  const [snapshot, show] = useState(conversation.snapshot)
  useEffect(() => {
    show(conversation.snapshot)
    return conversation.subscribe(() => show(conversation.snapshot))
  }, [conversation])
  return snapshot
}
