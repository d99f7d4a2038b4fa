/**
 * Runs in the frame of a template before any script of its own: removes what no policy can block, tells the worker what
 * was not loaded, and makes documents readable.
 *
 * @param {{texts: Record<string, string>}} told
 */
(told) => {
  const MOST_TOLD = 5;
  const MOST_KEPT = 50;
  const { texts } = told;

  // No policy of today's browsers can block these, and they could send what the page shows to any host.
  for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection']) Reflect.deleteProperty(window, name);

  /** @type {Set<string>} */
  const sentences = new Set();
  let isDismissed = false;
  /** @type {HTMLElement|null} */
  let notice = null;

  /** @param {SecurityPolicyViolationEvent} event */
  const sentenceOf = ({ blockedURI, effectiveDirective }) => {
    if (blockedURI === 'eval' || blockedURI === 'wasm-eval') return texts.eval;
    const inS3 = blockedURI === 's3' || /^https?:\/\/([^/]+\.)?s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?(\/|$)/.test(blockedURI);
    const address = blockedURI === 's3' ? 's3://...' : blockedURI.split(/[?#]/)[0].slice(0, 200);
    return (inS3 ? texts.ungranted : texts.blocked).replace('{address}', `${address} (${effectiveDirective.replace(/-src.*$/, '')})`);
  };

  const show = () => {
    if (isDismissed || !document.body || !sentences.size) return;
    if (!notice) {
      notice = document.createElement('div');
      notice.id = 'nightloop-not-loaded';
      notice.attachShadow({ mode: 'open' });
    }
    // Above the template's own page and in its flow, so that it covers nothing.
    if (!notice.isConnected) document.documentElement.insertBefore(notice, document.body);
    const box = document.createElement('div');
    box.setAttribute('role', 'status');
    const title = document.createElement('p');
    title.textContent = texts.title;
    const list = document.createElement('ul');
    const lines = [...sentences];
    if (lines.length > MOST_TOLD) lines.splice(MOST_TOLD, Infinity, texts.more.replace('{count}', String(lines.length - MOST_TOLD)));
    for (const line of lines) list.append(Object.assign(document.createElement('li'), { textContent: line }));
    const dismiss = Object.assign(document.createElement('button'), { type: 'button', textContent: '×', title: texts.dismiss });
    dismiss.setAttribute('aria-label', texts.dismiss);
    dismiss.addEventListener('click', () => { isDismissed = true; notice?.remove(); });
    const style = document.createElement('style');
    style.textContent = `:host { all: initial; display: block; }
      [role=status] { display: grid; grid-template-columns: 1fr auto; gap: 0 12px; padding: 8px 16px; background: #fdf5e3; color: #5c3c00;
        font: 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
      p { margin: 0; } ul { grid-column: 1; margin: 0; padding-left: 20px; }
      button { grid-row: 1; grid-column: 2; align-self: start; border: 0; background: none; color: inherit; font: inherit; font-size: 18px; cursor: pointer; }`;
    box.append(title, dismiss, list);
    notice.shadowRoot?.replaceChildren(style, box);
  };

  document.addEventListener('securitypolicyviolation', (event) => {
    if (sentences.size < MOST_KEPT) sentences.add(sentenceOf(event));
    show();
  }, { capture: true });

  /**
   * Browsers of the Chromium family show no PDF in a sandbox: each gets a link that opens it in a new tab.
   */
  const linkDocuments = () => {
    for (const element of document.querySelectorAll('iframe[src], embed[src], object[data]')) {
      const address = element.getAttribute(element.localName === 'object' ? 'data' : 'src') ?? '';
      const isDocument = element.getAttribute('type') === 'application/pdf' || /^https?:[^?#]*\.pdf([?#]|$)/i.test(address);
      if (!isDocument || !/^https?:/i.test(address) || element.hasAttribute('data-nightloop-linked')) continue;
      element.setAttribute('data-nightloop-linked', '');
      const link = Object.assign(document.createElement('a'), { href: address, target: '_blank', rel: 'noopener', textContent: texts.document });
      link.className = 'nightloop-document';
      element.before(link);
      if ('chrome' in window) /** @type {HTMLElement} */ (element).style.display = 'none';
    }
  };

  document.addEventListener('DOMContentLoaded', () => {
    show();
    linkDocuments();
    new MutationObserver(linkDocuments).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ['src', 'data'] });
  });
}
