import { type Html, html } from '../html.ts';
import { type Paged, pagerOf } from './pager.ts';

interface SubmitPagerParts extends Paged {
  /** The name of the buttons. Their value is `page:<n>`. */
  name: string;
}

/** The pager of a form. What is ticked on this page is sent along, so that the selection survives (C2, C3). */
export function submitPager({ name, ...paged }: SubmitPagerParts): Html {
  return pagerOf(
    paged,
    (n, isCurrent) =>
      html`<button type="submit" name="${name}" value="page:${n}" aria-label="Страница ${n}"${
        isCurrent ? html` aria-current="page"` : ''
      }>${n}</button>`,
  );
}
