// What every part of the panel needs to draw itself: language, words, files and the conversation.
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
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

export const ReadingContext = createContext<Reading>(null as never)

export const useReading = (): Reading => useContext(ReadingContext)

export function useSnapshot(conversation: Conversation): Snapshot {
  const [snapshot, show] = useState(conversation.snapshot)
  useEffect(() => {
    show(conversation.snapshot)
    return conversation.subscribe(() => show(conversation.snapshot))
  }, [conversation])
  return snapshot
}
