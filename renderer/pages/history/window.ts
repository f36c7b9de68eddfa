/** Windowing: of a long list with rows of one height, which are in sight. */
import { useCallback, useState } from 'react'

export interface Window {
  /** First row to draw, and the one after the last. */
  readonly from: number
  readonly to: number
  /** For the scrolling element; also re-measures when it changes its size. */
  readonly ref: (element: HTMLElement | null) => (() => void) | undefined
}

/** Rows drawn beyond the edges, so that scrolling shows no blanks. */
const MARGIN = 10

export function useWindow(total: number, rowHeight: number): Window {
  const [range, setRange] = useState({ top: 0, height: 800 })
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined
    const measure = (): void => setRange({ top: element.scrollTop, height: element.clientHeight })
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    element.addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', measure)
    }
  }, [])
  const from = Math.max(0, Math.floor(range.top / rowHeight) - MARGIN)
  const to = Math.min(total, Math.ceil((range.top + range.height) / rowHeight) + MARGIN)
  return { from, to, ref }
}
