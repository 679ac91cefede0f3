// Pinyin initials of any Chinese words, by the order in which the language sorts them: no table, and as good as that
// order is (a letter with several readings has its commonest). Fixed titles have theirs by hand, in pinyin.ts.

/** The first letter of the sorted order for each initial; I, U and V begin no syllable. */
const FIRST = [...'阿八嚓哒妸发旮哈丌咔垃呣拏噢妑七呥仨他穵夕丫帀']
const LETTERS = 'abcdefghjklmnopqrstwxyz'
const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

function initial(letter: string): string {
  const beyond = FIRST.findIndex((first) => collator.compare(first, letter) > 0)
  return LETTERS[(beyond < 0 ? FIRST.length : beyond) - 1] ?? ''
}

/** One letter for each Chinese one and for each word of others: `退款 to Jane` is `tktj`. */
export function initialsOf(words: string): string {
  const parts = words.toLowerCase().match(/\p{Script=Han}|[\p{L}\p{N}]+?(?=\p{Script=Han}|[^\p{L}\p{N}]|$)/gu) ?? []
  return parts.map((part) => (/\p{Script=Han}/u.test(part) ? initial(part) : (part[0] ?? ''))).join('')
}
