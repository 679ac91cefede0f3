// The tree of categories, flattened in the order in which it is read, each with its path.
import { c } from '../i18n/complaint.svelte'
import type { Id } from '../../shared/types'
import type { Category } from './types'

export interface Branch { category: Category; depth: number; path: string }

export function categoryName(category: Pick<Category, 'key' | 'name'>): string {
  return category.name || (category.key ? (c.categories[category.key] ?? category.key) : '')
}

/** Parents before children, brothers by position. A category whose parent is missing or loops stands at the root. */
export function branches(categories: Category[]): Branch[] {
  const known = new Set(categories.map((one) => one.id))
  const listed = new Set<Id>()
  const walk = (parent: Id | null, depth: number, path: string): Branch[] =>
    categories
      .filter((one) => !listed.has(one.id) && (parent === null ? one.parent_id === null || !known.has(one.parent_id) : one.parent_id === parent))
      .toSorted((a, b) => a.position - b.position)
      .flatMap((category) => {
        listed.add(category.id)
        const own = path ? `${path} / ${categoryName(category)}` : categoryName(category)
        return [{ category, depth, path: own }, ...walk(category.id, depth + 1, own)]
      })
  const tree = walk(null, 0, '')
  const lost = categories.filter((one) => !listed.has(one.id)).map((category) => ({ category, depth: 0, path: categoryName(category) }))
  return [...tree, ...lost]
}
