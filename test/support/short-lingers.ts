import type { VkLimits } from '../../src/sferum/vk/limits.ts';

/**
 * Calls of bulk work hardly wait for others that share their request. The sandbox takes many more requests a second
 * than VK, so a test that counts no requests needs no full ones.
 */
export const SHORT_LINGERS: Partial<VkLimits> = {
  bulkLingerMs: 5,
  bulkLingerInFlightMs: 50,
  lookLingerMs: 5,
};
