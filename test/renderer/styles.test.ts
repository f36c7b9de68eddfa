/** Style sheets and pages belong together: a class that a page bears is styled somewhere, and a sheet that is lost is noticed. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const renderer = join(import.meta.dirname, '../../renderer')
const read = (pattern: string): { path: string; text: string }[] =>
  globSync(pattern, { cwd: renderer }).map((path) => ({ path, text: readFileSync(join(renderer, path), 'utf8') }))

/** Words in `className="…"` and in the fixed parts of a template. */
function classesIn(text: string): string[] {
  const values = [...text.matchAll(/className=(?:"([^"]+)"|\{`([^`]+)`\})/g)]
  return values
    .flatMap(([, plain, template]) => (plain ?? template ?? '').replace(/[\w-]*\$\{.*?\}[\w-]*/g, ' ').split(/\s+/))
    .filter((name) => /^[a-z][\w-]*$/i.test(name))
}

it('every class that a page bears has a rule', () => {
  const styled = new Set(
    read('**/*.css').flatMap(({ text }) => [...text.matchAll(/\.([a-z][\w-]*)/gi)].map(([, name]) => name)),
  )
  const bare = read('**/*.tsx').flatMap(({ path, text }) =>
    classesIn(text)
      .filter((name) => !styled.has(name))
      .map((name) => `${path}: ${name}`),
  )
  expect([...new Set(bare)]).toEqual([])
})
