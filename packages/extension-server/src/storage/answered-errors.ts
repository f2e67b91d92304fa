import { StatusError } from '@fairlead/apimachinery'
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
