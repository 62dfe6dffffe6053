import { randomUUID } from 'node:crypto';
import { encodeMessage } from '../schema/encode.ts';
import { samples } from '../versions/samples.ts';
import { openWorld, topicIdOf, type World } from '../versions/world.ts';
import { captured, type Collection } from './capture.ts';

/** Adds a request of each version that the broker announces, and one with tags that it does not know. */
export async function addEveryVersion(bootstrapServers: string, collection: Collection): Promise<void> {
  const world = await lastingWorld(bootstrapServers);
  for (const [name, { versions, values }] of Object.entries(samples)) {
    for (let version = versions[0]; version <= versions[1]; version++) {
      for (const unknownTags of [false, true]) {
        collection.add(encodeMessage(name, version, await values(world, version), { unknownTags }));
      }
    }
  }
  world.client.close();
}

/** Its topic is the captured one, which stays; topics to be deleted need not be there. */
async function lastingWorld(bootstrapServers: string): Promise<World> {
  const world = await openWorld(bootstrapServers);
  const topicId = await topicIdOf(world.client, captured.topic);
  const createTopic = () => Promise.resolve({ name: 'other', topicId: newId() });
  return { ...world, topic: captured.topic, topicId, createTopic };
}

function newId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}
