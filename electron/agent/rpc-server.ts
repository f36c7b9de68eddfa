/** The agent's socket: a Unix socket of mode 0600 (a named pipe on Windows) with one connection object per client. */
import { createServer, type Server } from 'node:net'
import { chmodSync, unlinkSync } from 'node:fs'
import { errnoOf } from '../engine/errors.ts'
import { RpcConnection, type ConnectionDeps } from './rpc-connection.ts'

/** A window, a few command lines, a tray for each logged-in user: far below this. */
const MAX_CONNECTIONS = 100

export interface RpcServer {
  /** Lets clients go after what was sent to them; resolves when the socket is gone. */
  close(): Promise<void>
}

/** What connections need, and who is told of a fault of the socket itself. */
export interface ServerDeps extends ConnectionDeps {
  onError(error: Error): void
}

/** Listens at `path`. The caller holds the lock, so what lies there is a dead agent's and is replaced. */
export async function listenRpc(path: string, deps: ServerDeps): Promise<RpcServer> {
  const connections = new Set<RpcConnection>()
  const server = createServer((socket) => {
    const connection = new RpcConnection(socket, deps)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  })
  server.maxConnections = MAX_CONNECTIONS
  if (isFile(path)) removeStale(path)
  await listen(server, path, (error) => deps.onError(error))
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      for (const connection of connections) connection.end()
      await closed
      if (isFile(path)) removeStale(path)
    },
  }
}

async function listen(server: Server, path: string, onError: (error: Error) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      // A client that could not be accepted (no descriptors left) must not end the agent: it tries again.
      server.on('error', onError)
      resolve()
    })
    // The socket is made while listen() runs; with this mask it is never open to others, not even before the chmod.
    const before = isFile(path) ? process.umask(0o177) : undefined
    try {
      server.listen(path)
    } finally {
      if (before !== undefined) process.umask(before)
    }
  })
  if (isFile(path)) chmodSync(path, 0o600)
}

/** Named pipes (`\\.\pipe\…`) are no files. */
function isFile(path: string): boolean {
  return !path.startsWith('\\\\')
}

function removeStale(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
