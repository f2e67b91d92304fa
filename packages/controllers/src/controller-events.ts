import { type ControllerRuntime, createEventRecorder, type EventRecorder } from '@fairlead/controller-runtime'

/** What a controller tells people of objects, under the name that upstream's events have. */
export function controllerEvents(
  { client, onError }: Pick<ControllerRuntime, 'client' | 'onError'>,
  component: string,
  signal: AbortSignal,
): EventRecorder {
  return createEventRecorder({
    client,
    component,
    signal,
    onError: (error) => onError(error, `events of ${component}`),
  })
}
