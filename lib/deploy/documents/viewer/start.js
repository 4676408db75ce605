// The viewer would otherwise send the document to a validator on another host.
window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null });
