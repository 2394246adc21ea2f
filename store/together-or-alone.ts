/**
 * Answers for many keys by one call, or for each by a call of its own where that fails: one bad key fails alone. For loaders that
 * gather keys; an Error stands for a key that failed. `mayBeOfOne` says of which errors one key may be the cause; any other one is
 * thrown, since it would come again for each.
 */
export async function togetherOrAlone<Key, Answer>(
  keys: readonly Key[],
  answer: (keys: readonly Key[]) => Promise<readonly (Answer | Error)[]>,
  mayBeOfOne: (error: unknown) => boolean = () => true,
): Promise<readonly (Answer | Error)[]> {
  try {
    return await answer(keys);
  } catch (error) {
    if (keys.length === 1) return [error as Error];
    if (!mayBeOfOne(error)) throw error;
    const answers = await Promise.all(keys.map((key) => togetherOrAlone([key], answer)));
    return answers.flat();
  }
}
