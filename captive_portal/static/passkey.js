// Passkeys, where the browser has them (W3C Web Authentication, Level 3, section 5.1); the password stands beside.
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const kind = window.PublicKeyCredential;
  if (!kind || !kind.parseCreationOptionsFromJSON || !kind.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    const options = JSON.parse(form.dataset.options);
    try {
      const made = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(made.toJSON());
    } catch (error) {
      // Cancelled, or there is none: the page says what else there is.
      form.querySelector("[role=alert]").hidden = false;
      return;
    }
    form.requestSubmit();
  });
}
