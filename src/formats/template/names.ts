/** What names of files and lines of text say of chat templates. */

/** GGUF keys and file names; JSON and YAML are known by their content. */
export const TEMPLATE_NAME =
  /\.(?:jinja2?|j2)$|(?:^|[/\\.])chat_templates?(?:@0x[\da-f]+|\.(?!(?:json|ya?ml|py|md|txt)$)[^/\\]*)?$/i;
/**
 * Configurations whose templates may stand between head and tail. Loaders take templates out of files of these names and
 * no others: in a large file of another name, such as the vocabulary in `tokenizer.json`, nobody looks for one.
 */
export const CONFIG_NAME =
  /(?:^|[/\\])(?:(?:\w{1,64}_)?(?:tokenizer|processor|preprocessor)_config|chat_templates?)\.json$/i;
/** Keys of templates. */
export const TEMPLATE_KEY = /^chat_templates?$/;
/** The key in YAML, with the start of a text behind it. */
export const TEMPLATE_KEY_LINE =
  /^(?:\ufeff|\xef\xbb\xbf)? *(?:- +)*["']?chat_templates?["']? *:[ \t]+(?:[!&]\S{0,200} +)*[|>"']/m;
