/* Lists from their first row to their last: each page is asked for when it is needed. */

/** What every list of the API answers. */
export interface Page<Row> {
  data: Row[];
  /** Where the next page begins. */
  next: string | null;
  /** Is there more to read at once? Said by lists that have no end. */
  more?: boolean;
}

/** The rows of a list; go over them with `for await`. */
export class Pages<Row> implements AsyncIterable<Row> {
  constructor(
    private readonly ask: (after: string | undefined) => Promise<Page<Row>>,
    /** Where the page begins that was not read to its end yet: `after` for whoever goes on from here. */
    public position: string | undefined,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for (;;) {
      const page = await this.ask(this.position);
      yield* page.data;
      this.position = page.next ?? undefined;
      if (!(page.more ?? page.next !== null)) return;
    }
  }
}
