/** The page's address: `#/place/id?key=value`, so that Electron's file pages and the browser share one kind of link. */
import { useSyncExternalStore } from 'react'

export const places = ['overview', 'jobs', 'backups', 'restore', 'history', 'settings'] as const
export type Place = (typeof places)[number]

export interface Route {
  readonly place: Place
  readonly id: string | undefined
  readonly query: Readonly<Record<string, string>>
}

let guard: (() => boolean) | undefined

/** Asks `mayLeave` before each change of place; `undefined` takes the question back. */
export function setLeaveGuard(mayLeave: (() => boolean) | undefined): void {
  guard = mayLeave
}

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  const [place = '', id] = path.split('/')
  return {
    place: places.find((known) => known === place) ?? 'overview',
    id: id === undefined || id === '' ? undefined : decodeURIComponent(id),
    query: Object.fromEntries(new URLSearchParams(search)),
  }
}

export function linkTo(place: Place, id?: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const known = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const search = new URLSearchParams(known).toString()
  return `#/${place}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search === '' ? '' : `?${search}`}`
}

export function goTo(link: string): void {
  location.hash = link
}

/** Changes the address without a new entry in the history: a choice inside a page. */
export function replaceTo(link: string): void {
  history.replaceState(null, '', link)
  window.dispatchEvent(new HashChangeEvent('hashchange'))
}

let current = parseRoute(location.hash)
let currentHash = location.hash

function listen(listener: () => void): () => void {
  const change = (): void => {
    if (location.hash === currentHash) return
    if (guard !== undefined && !guard()) {
      history.replaceState(null, '', currentHash === '' ? '#/' : currentHash)
      return
    }
    currentHash = location.hash
    current = parseRoute(currentHash)
    listener()
  }
  window.addEventListener('hashchange', change)
  // The shell may have said where to go while the page was still loading.
  change()
  return () => window.removeEventListener('hashchange', change)
}

export function useRoute(): Route {
  return useSyncExternalStore(listen, () => current)
}
