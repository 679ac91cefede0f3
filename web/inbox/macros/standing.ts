// Whether a draft still holds what a saved reply put in: rewritten in one's own words, it is no saved reply any more.

/** At least half of the words put in still stand there line by line. Of words that are not known, as long as there are any. */
export function stillStands(draft: string, putIn: string): boolean {
  if (draft.trim() === '') return false
  const lines = putIn.split('\n').map((line) => line.trim()).filter(Boolean)
  const whole = lines.reduce((sum, line) => sum + line.length, 0)
  const standing = lines.reduce((sum, line) => sum + (draft.includes(line) ? line.length : 0), 0)
  return standing * 2 >= whole
}
