//! Traditional characters and words of Hong Kong as the simplified ones that mean the same.

use std::collections::HashMap;
use std::sync::LazyLock;

static PAIRS: LazyLock<HashMap<char, char>> =
    LazyLock::new(|| pairs(include_str!("../../data/wording/simplified.txt")).collect());

/// The character itself where there is nothing to simplify.
pub fn simplified(character: char) -> char {
    if character.is_ascii() {
        return character;
    }
    PAIRS.get(&character).copied().unwrap_or(character)
}

fn pairs(file: &str) -> impl Iterator<Item = (char, char)> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).filter_map(|pair| {
        let mut characters = pair.chars();
        Some((characters.next()?, characters.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_becomes_simplified_and_all_else_stays() {
        let text: String = "貨不對辦，唔復！ 退货 a1é".chars().map(simplified).collect();
        assert_eq!(text, "货不对办，不复！ 退货 a1é");
    }
}
