export { controllerNames, selectControllers } from './select-controllers.ts'
