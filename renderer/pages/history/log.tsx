/** The log of a run; followed while the run goes on. */
import { Tab, TabList } from '@fluentui/react-components'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import type { LogLine } from '../../../electron/contract/rpc.ts'
import { call } from '../../api.ts'
import { ErrorNote } from '../../components/note.tsx'
import { useFormat } from '../../format.ts'

interface Props {
  readonly run: string
  readonly isRunning: boolean
}

const FOLLOW_EVERY_MS = 1_000
const PAGE = 1_000
/** More lines than this are not drawn at once; the newest are. */
const SHOWN = 2_000

function useLog(run: string, isRunning: boolean) {
  const query = useInfiniteQuery({
    queryKey: ['run.log', run],
    queryFn: ({ pageParam }) => call('run.log', { run, offset: pageParam, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.finished && last.lines.length < PAGE ? undefined : last.next),
    staleTime: Infinity,
  })
  const { hasNextPage, isFetching, fetchNextPage, data } = query
  const isFull = (data?.pages.at(-1)?.lines.length ?? 0) >= PAGE
  useEffect(() => {
    if (!hasNextPage || isFetching || (!isRunning && data === undefined)) return undefined
    const timer = setTimeout(() => void fetchNextPage(), isFull ? 0 : FOLLOW_EVERY_MS)
    return () => clearTimeout(timer)
  }, [hasNextPage, isFetching, fetchNextPage, isRunning, isFull, data])
  return { lines: data?.pages.flatMap((page) => page.lines) ?? [], error: query.error }
}

function Lines({ lines }: { readonly lines: readonly LogLine[] }): ReactElement {
  const format = useFormat()
  return (
    <>
      {lines.map((line, index) => (
        <div key={index} className={line.level === 'error' ? 'hit error' : line.level === 'warn' ? 'hit' : ''}>
          <span className="lt">{format.timeWithSeconds(line.at)}</span>
          <span className={line.level === 'error' ? 'failed' : line.level === 'warn' ? 'attention' : ''}>
            {line.level}
          </span>
          <span>{line.text}</span>
        </div>
      ))}
    </>
  )
}

export function Log({ run, isRunning }: Props): ReactElement {
  const { t } = useTranslation()
  const format = useFormat()
  const [show, setShow] = useState<'all' | 'notable'>('all')
  const { lines, error } = useLog(run, isRunning)
  const box = useRef<HTMLDivElement>(null)
  const wanted = show === 'all' ? lines : lines.filter((line) => line.level === 'warn' || line.level === 'error')
  useEffect(() => {
    if (isRunning && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [isRunning, lines.length])
  return (
    <section className="card col log-card" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">{t('history.log.title')}</h2>
        <span className="small faint">
          {t('history.log.lines', { count: lines.length, formatted: format.number(lines.length) })}
          {isRunning && ` · ${t('history.log.following')}`}
        </span>
        <TabList
          className="end"
          size="small"
          aria-label={t('history.log.show')}
          selectedValue={show}
          onTabSelect={(_, data) => setShow(data.value === 'notable' ? 'notable' : 'all')}
        >
          <Tab value="all">{t('history.log.all')}</Tab>
          <Tab value="notable">{t('history.log.notable')}</Tab>
        </TabList>
      </header>
      <div className="log" ref={box} tabIndex={0} role="log" aria-labelledby="log-title">
        {wanted.length === 0 && <p className="body faint">{t('history.log.none')}</p>}
        <Lines lines={wanted.slice(-SHOWN)} />
      </div>
      <ErrorNote error={error} />
    </section>
  )
}
