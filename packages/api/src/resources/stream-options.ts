import type { StreamOption } from '@fairlead/openapi'

/** What the query of a stream may say, by subresource. */
export function streamOptions(subresource: string): readonly StreamOption[] {
  return optionsBySubresource[subresource] ?? []
}

const container = option('container', 'string', 'The container; may be left out where there is only one.')
const streams = [
  option('stderr', 'boolean', 'Connects the error output.'),
  option('stdin', 'boolean', 'Connects the input.'),
  option('stdout', 'boolean', 'Connects the output.'),
  option('tty', 'boolean', 'Gives the process a terminal.'),
]

const optionsBySubresource: Readonly<Record<string, readonly StreamOption[]>> = {
  attach: [container, ...streams],
  exec: [option('command', 'string', 'The program and its arguments, one parameter each.'), container, ...streams],
  log: [
    container,
    option('follow', 'boolean', 'Keeps sending what is written.'),
    option('insecureSkipTLSVerifyBackend', 'boolean', 'Does not check the certificate of the kubelet.'),
    option('limitBytes', 'integer', 'Ends after so many bytes.'),
    option('previous', 'boolean', 'The log of the instance before this one.'),
    option('sinceSeconds', 'integer', 'Only lines of the last so many seconds.'),
    option('stream', 'string', 'The stream: All, Stdout or Stderr.'),
    option('tailLines', 'integer', 'Begins so many lines before the end.'),
    option('timestamps', 'boolean', 'Puts a time in front of every line.'),
  ],
  portforward: [option('ports', 'integer', 'The ports to connect to.')],
  proxy: [option('path', 'string', 'The path behind the proxy.')],
}

function option(name: string, type: StreamOption['type'], description: string): StreamOption {
  return { name, type, description }
}
