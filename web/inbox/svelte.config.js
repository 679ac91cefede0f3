// Svelte with its defaults; here so that the build does not go looking for it.
export default {}
