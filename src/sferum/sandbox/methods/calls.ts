import { badParameter, VkError } from '../errors.ts';
import { type Caller, type Method, USERS } from './method.ts';

const CALL_ID_LENGTH = 36;

/** Every call is a new one with new links: VK has no idempotency key and no list of calls. */
function start({ world, token, cause }: Caller) {
  const call = world.startCall(token.ownerId, cause);
  return { call_id: call.callId, ...world.callLinks(call) };
}

function forceFinish({ world, token, params, cause }: Caller) {
  const callId = params.requiredText('call_id');
  if (callId.length !== CALL_ID_LENGTH) throw badParameter('call_id is invalid');
  const call = world.calls.get(callId);
  if (!call) throw new VkError(104);
  if (call.ownerId !== token.ownerId) throw new VkError(15);
  if (!call.ended) world.finishCall(call, cause);
  return 1;
}

export const callMethods: readonly Method[] = [
  { name: 'calls.start', kinds: USERS, writes: true, params: ['group_id'], run: start },
  { name: 'calls.forceFinish', kinds: USERS, writes: true, params: ['call_id'], run: forceFinish },
];
