// A thin bar while the line is broken, and the server's reason when it refuses the conversation as a whole.
import { h } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Snapshot } from './conversation'
import { useReading } from './reading'
import { explain } from './words'

const PATIENCE = 1_500

export function StatusBar({ snapshot }: { snapshot: Snapshot }) {
  const { words, conversation } = useReading()
  const { live, problem } = snapshot
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (live) return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [live])

  const line = late && !problem ? (navigator.onLine ? words.reconnecting : words.offline) : ''
  return (
    <div class="bars" role="status">
      {line && <p>{line}</p>}
      {problem && (
        <p class="problem">
          {explain(words, problem)}{' '}
          <button onClick={() => conversation.dismissProblem()}>
            {words.dismiss}
          </button>
        </p>
      )}
    </div>
  )
}
