// Passkeys: asks the server what to sign, has the browser sign it, and sends the form with the answer.
export async function fill(form) {
  try {
    if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return tell(form, form.dataset.missing);
    const credential = await sign(await ask(form.dataset.passkey));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    tell(form, form.dataset.refused); // refused by the person, the browser, or us
  }
}

async function ask(address) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const answer = await fetch(address, { method: "POST", headers: { "x-csrf-token": token } });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  return answer.json();
}

function sign(options) {
  if (options.rp) {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

function tell(form, sentence) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.textContent = sentence;
  problem.hidden = false;
  form.querySelector("[type=submit]").disabled = false;
}
