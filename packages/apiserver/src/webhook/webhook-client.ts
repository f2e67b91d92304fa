import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { WebhookTarget } from './webhook-target.ts'

/** Posts JSON to one target over connections that stay open. */
export interface WebhookClient {
  /** The body of a successful answer. Rejects with a WebhookError for any other, and with the system's error for none. */
  post(body: string): Promise<string>
  close(): void
}

/** The other end answered with a failure. */
export class WebhookError extends Error {
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }

  static {
    this.prototype.name = 'WebhookError'
  }
}

/** An answer larger than this is a mistake. */
const answerLimit = 4 << 20
/** How much of a failure's text is repeated. */
const messageLimit = 1024

/** Makes a client. A call that takes longer than `timeout` milliseconds fails. */
export function createWebhookClient(target: WebhookTarget, { timeout }: { readonly timeout: number }): WebhookClient {
  const { url } = target
  const agent = agentOf(target)
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return {
    async post(body) {
      const authorization = await target.authorization()
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const call = request(
          url,
          {
            method: 'POST',
            agent,
            signal: AbortSignal.timeout(timeout),
            headers: {
              'content-type': 'application/json',
              accept: 'application/json, */*',
              'content-length': String(Buffer.byteLength(body)),
              'user-agent': 'fairlead',
              ...(authorization !== undefined && { authorization }),
            },
          },
          resolve,
        )
        call.on('error', reject)
        call.end(body)
      })
      const text = await readText(response)
      const { statusCode: code = 0 } = response
      if (code < 200 || code > 206)
        throw new WebhookError(code, `the server answered ${code}: ${text.slice(0, messageLimit)}`)
      return text
    },
    close: () => agent.destroy(),
  }
}

function agentOf(target: WebhookTarget): HttpAgent {
  if (target.url.protocol === 'http:') return new HttpAgent({ keepAlive: true })
  return new HttpsAgent({
    keepAlive: true,
    rejectUnauthorized: !target.insecure,
    ...(target.ca !== undefined && { ca: target.ca }),
    ...(target.serverName !== undefined && { servername: target.serverName }),
    ...(target.clientCertificate !== undefined && { cert: target.clientCertificate }),
    ...(target.clientKey !== undefined && { key: target.clientKey }),
  })
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > answerLimit) throw new WebhookError(response.statusCode ?? 0, 'the answer of the server is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
