//! `@Name` in a note: who is meant.

use crate::id::AgentId;

/// The agents whose `@Name` stands in `text`. The longest name wins where one begins with another.
pub fn mentioned(text: &str, agents: &[(AgentId, String)]) -> Vec<AgentId> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(['@', '＠']) {
        let rest = text[at..].trim_start_matches(['@', '＠']);
        let best = agents
            .iter()
            .filter(|(_, name)| !name.is_empty() && rest.starts_with(name.as_str()));
        if let Some((id, _)) = best.max_by_key(|(_, name)| name.len())
            && !found.contains(id)
        {
            found.push(*id);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Ids;
    use crate::time::Timestamp;

    #[test]
    fn the_longest_name_is_meant_and_each_only_once() {
        let ids = Ids::seeded(1);
        let (li, li_na): (AgentId, AgentId) =
            (ids.next(Timestamp::default()), ids.next(Timestamp::default()));
        let agents = [(li, "Li".to_owned()), (li_na, "Li Na".to_owned())];
        assert_eq!(mentioned("@Li Na please, @Li Na!", &agents), [li_na]);
        assert_eq!(mentioned("＠Li 看一下", &agents), [li]);
        assert_eq!(mentioned("mail me at a@b.example", &agents), []);
    }
}
