export { invokePublish, preparePublish } from './publishTool';
export { invokeStatus, prepareStatus } from './statusTool';
export { invokeValidate, prepareValidate } from './validateTool';
