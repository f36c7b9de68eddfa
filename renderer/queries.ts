/** Server state: one query per question, kept true by the agent's events. */
import {
  QueryClient,
  keepPreviousData,
  skipToken,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import type { AgentEvent } from '../electron/contract/event.ts'
import type { MethodName, ParamsIn, ResultOf } from '../electron/contract/rpc.ts'
import type { Progress, RunRecord } from '../electron/contract/run.ts'
import type { Summary } from '../electron/contract/summary.ts'
import { call, subscribe } from './api.ts'

/** Also the heartbeat by which a silent agent is noticed (connection.ts). */
const STATUS_EVERY_MS = 15_000

export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: true } },
  })
}

/** Asks `method`; its key is `[method, params]`, so that events can say which answers grew old. */
export function useAsk<M extends MethodName>(
  method: M,
  params: ParamsIn<M> | undefined,
  options: { readonly every?: number; readonly keep?: boolean } = {},
): UseQueryResult<ResultOf<M>> {
  return useQuery<ResultOf<M>>({
    queryKey: [method, params],
    queryFn: params === undefined ? skipToken : () => call(method, params),
    ...(options.every === undefined ? {} : { refetchInterval: options.every }),
    ...(options.keep === true ? { placeholderData: keepPreviousData } : {}),
  })
}

export function useStatus(): UseQueryResult<Summary> {
  return useAsk('status', {}, { every: STATUS_EVERY_MS })
}

/** Tests change nothing that a page shows. */
const harmless: readonly MethodName[] = ['source.test', 'destination.test']

/** An action; afterwards everything that is on the page is asked for again. */
export function useAct<M extends MethodName>(
  method: M,
  onDone?: (result: ResultOf<M>, params: ParamsIn<M>) => void,
): UseMutationResult<ResultOf<M>, Error, ParamsIn<M>> {
  const client = useQueryClient()
  return useMutation<ResultOf<M>, Error, ParamsIn<M>>({
    mutationFn: (params) => call(method, params),
    onSuccess: (result, params) => {
      if (!harmless.includes(method)) void client.invalidateQueries()
      onDone?.(result, params)
    },
  })
}

/** Live progress of a run; never the source of its outcome. */
export function useProgress(run: string | undefined): Progress | undefined {
  return useQuery<Progress>({ queryKey: ['progress', run], queryFn: skipToken, staleTime: Infinity }).data
}

/** A run, asked again while it goes on, in case an event was missed. */
export function useRun(run: string | undefined): UseQueryResult<RunRecord> {
  const query = useAsk('run.show', run === undefined ? undefined : { run })
  const { data, refetch } = query
  const isOver = data?.outcome !== undefined
  useEffect(() => {
    if (run === undefined || isOver) return undefined
    const timer = setInterval(() => void refetch(), 3_000)
    return () => clearInterval(timer)
  }, [run, isOver, refetch])
  return query
}

const afterRun: readonly MethodName[] = ['status', 'run.list', 'run.show', 'set.list', 'set.show']
const afterSet: readonly MethodName[] = ['status', 'set.list', 'set.show', 'cleanup.preview']
const afterJob: readonly MethodName[] = ['status', 'job.list', 'job.show']
const afterDestination: readonly MethodName[] = ['status', 'destination.list']

function grownOld(event: AgentEvent): readonly MethodName[] {
  switch (event.type) {
    case 'run.progress':
    case 'light.changed':
      return []
    case 'run.started':
    case 'run.finished':
      return afterRun
    case 'set.published':
    case 'set.proven':
    case 'set.removed':
      return afterSet
    case 'job.changed':
      return afterJob
    case 'destination.changed':
      return afterDestination
    case 'agent.state':
      return ['status', 'agent.info']
  }
}

function receiveProgress(client: QueryClient, progress: Progress): void {
  const key = ['progress', progress.run]
  const before = client.getQueryData<Progress>(key)
  client.setQueryData(key, progress)
  const isSame = (['stage', 'source', 'destination'] as const).every((name) => before?.[name] === progress[name])
  if (!isSame) void client.invalidateQueries({ queryKey: ['run.show', { run: progress.run }] })
}

function receive(client: QueryClient, event: AgentEvent): void {
  if (event.type === 'run.progress') receiveProgress(client, event.progress)
  if (event.type === 'light.changed') client.setQueryData(['status', {}], event.summary)
  if (event.type === 'run.finished') {
    // First its end, then the end of its progress: a run that is over must not look as if it were about to begin.
    client.setQueryData(['run.show', { run: event.run.id }], event.run)
    client.removeQueries({ queryKey: ['progress', event.run.id] })
  }
  for (const method of grownOld(event)) void client.invalidateQueries({ queryKey: [method] })
}

/** Listens to the agent for as long as the window is open. */
export function useEvents(client: QueryClient): void {
  useEffect(
    () =>
      subscribe(
        (event) => receive(client, event),
        () => void client.invalidateQueries(),
      ),
    [client],
  )
}
