import { StatusError } from '@fairlead/apimachinery'
import type { AdmissionPlugin } from '@fairlead/apiserver'
import type { AnyProvider } from './provider-parts.ts'

/** The same provider, whose failures are answers: StatusErrors as they are, anything else as an internal error. */
export function withAnsweredErrors(provider: AnyProvider): AnyProvider {
  const { get, list, revision, create, update } = provider
  return {
    ...(get && { get: answered(get.bind(provider)) }),
    ...(list && { list: answered(list.bind(provider)) }),
    ...(revision && { revision: answered(revision.bind(provider)) }),
    ...(provider.watch && { watch: provider.watch.bind(provider) }),
    ...(create && { create: answered(create.bind(provider)) }),
    ...(update && { update: answered(update.bind(provider)) }),
    ...(provider.delete && { delete: answered(provider.delete.bind(provider)) }),
  }
}

/** The same plugin, whose failures are answers in the same way. */
export function withAnsweredRefusals(plugin: AdmissionPlugin): AdmissionPlugin {
  const { mutate, validate } = plugin
  return {
    ...(mutate && { mutate: answered(mutate.bind(plugin)) }),
    ...(validate && { validate: answered(validate.bind(plugin)) }),
  }
}

function answered<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Result | Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await call(...args)
    } catch (error) {
      throw StatusError.from(error)
    }
  }
}
