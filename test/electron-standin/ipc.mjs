/** `electron.ipcMain`, and how one message of a page is answered. */
import { EventEmitter } from 'node:events'
import { recorder, preventable } from './state.mjs'
import { session } from './session.mjs'

class IpcMain extends EventEmitter {
  handlers = new Map()
  handle(channel, handler) {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler)
  }
  removeHandler(channel) {
    this.handlers.delete(channel)
  }
}

export const ipcMain = new IpcMain()

/** Answers `{value}` or `{error}`; error texts are Electron's. */
export async function answerPage(contents, message) {
  const event = preventable({ sender: contents, senderFrame: contents.mainFrame, type: 'frame' })
  switch (message.kind) {
    case 'preload-error':
      recorder.record('preload-error', [message.message])
      contents.emit('preload-error', {}, '', new Error(message.message))
      return undefined
    case 'send':
      ipcMain.emit(message.channel, event, ...message.args)
      return undefined
    case 'window-open':
      contents.askToOpen(message.url)
      return undefined
    case 'permission':
      return { value: await session.decide(contents, message.permission) }
    default:
      return invoke(event, message)
  }
}

async function invoke(event, { channel, args }) {
  const prefix = `Error invoking remote method '${channel}'`
  const handler = ipcMain.handlers.get(channel)
  if (!handler) return { error: `${prefix}: Error: No handler registered for '${channel}'` }
  try {
    return { value: await handler(event, ...args) }
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error)
    return { error: `${prefix}: ${error}` }
  }
}
