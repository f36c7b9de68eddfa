/** A stage for the command line: a terminal that records, and an agent that answers from a table. */
import type { AgentEvent } from '../../electron/contract/event.ts'
import type { Call, MethodName, ParamsIn, ResultOf } from '../../electron/contract/rpc.ts'
import type { Service } from '../../electron/cli/command-mode.ts'
import type { Io, Link } from '../../electron/cli/cli.ts'
import { failure } from '../../electron/cli/failure.ts'
import { runProgram } from '../../electron/cli/program.ts'

export type Answers = { [M in MethodName]?: (params: ParamsIn<M>) => ResultOf<M> | Promise<ResultOf<M>> }

export interface Played {
  readonly exit: number
  readonly out: string
  readonly err: string
  readonly calls: readonly { readonly method: string; readonly params: unknown }[]
  /** Standard output parsed: fails where it is not exactly one document. */
  readonly document: () => Record<string, unknown>
}

export interface StageOptions {
  readonly answers?: Answers
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  readonly typed?: readonly string[]
  readonly isInteractive?: boolean
  readonly service?: Service
  readonly home?: string
  readonly onEvents?: (emit: (event: AgentEvent) => void) => void
  readonly onInterrupt?: (interrupt: () => void) => void
}

/** Runs one command line against the table. A call that the table does not hold fails as the agent would. */
export async function play(args: readonly string[], options: StageOptions = {}): Promise<Played> {
  const printed = { out: '', err: '' }
  const calls: { method: string; params: unknown }[] = []
  const typed = [...(options.typed ?? [])]
  const io: Io = {
    out: (text) => {
      printed.out += text
    },
    err: (text) => {
      printed.err += text
    },
    isInteractive: options.isInteractive ?? false,
    progressStream: undefined,
    ask: async (question) => {
      printed.err += question
      return typed.shift() ?? ''
    },
    readInput: async () => options.input ?? '',
    onInterrupt: (interrupt) => {
      options.onInterrupt?.(interrupt)
      return () => undefined
    },
  }
  const call: Call = async <M extends MethodName>(method: M, params: ParamsIn<M>): Promise<ResultOf<M>> => {
    calls.push({ method, params })
    const answer = options.answers?.[method]
    if (answer === undefined) throw failure('not-found', { what: 'method', name: method })
    return await answer(params)
  }
  const link: Link = {
    call,
    onEvent: (listener) => {
      options.onEvents?.(listener)
      return () => undefined
    },
    close: async () => undefined,
  }
  const exit = await runProgram(args, {
    io,
    environment: options.environment ?? { LANG: 'en_US.UTF-8' },
    workingDirectory: options.cwd ?? '/srv',
    home: options.home ?? '/home/x/.local/share/sitekeep',
    version: '0.0.0',
    connect: async () => link,
    service: async () => {
      if (options.service === undefined) throw failure('service-not-here', { system: 'here' })
      return options.service
    },
  })
  return {
    exit,
    ...printed,
    calls,
    document: () => JSON.parse(printed.out) as Record<string, unknown>,
  }
}
