//! The header lines that mail programs put above quoted or forwarded mail: `From: … Sent: … To: …`
//! in many languages. It finds them; what they mean is decided by `reply` and `forward`.

use crate::email::forward::address_in;

const FROM: [&str; 22] = [
    "送信元",
    "от кого",
    "de la part de",
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "от",
    "发件人",
    "寄件者",
    "寄件人",
    "差出人",
    "送信者",
    "보낸 사람",
    "lähettäjä",
    "feladó",
    "kimden",
    "expéditeur",
];
const OTHER: [&str; 95] = [
    "送信先",
    "日付",
    "message du",
    "copie à",
    "sujet",
    "másolat",
    "elküldve",
    "kopie",
    "wysłane",
    "date",
    "sent",
    "to",
    "subject",
    "cc",
    "reply-to",
    "reply to",
    "importance",
    "sent at",
    "datum",
    "gesendet",
    "an",
    "betreff",
    "kopie",
    "antwort an",
    "envoyé",
    "envoye",
    "date d'envoi",
    "à",
    "a",
    "objet",
    "cci",
    "répondre à",
    "enviado",
    "enviado el",
    "para",
    "asunto",
    "fecha",
    "responder a",
    "inviato",
    "data",
    "oggetto",
    "risposta",
    "per",
    "verzonden",
    "aan",
    "onderwerp",
    "skickat",
    "till",
    "ämne",
    "kopia",
    "sendt",
    "til",
    "emne",
    "dato",
    "kopi",
    "wysłano",
    "do",
    "temat",
    "dw",
    "odesláno",
    "komu",
    "předmět",
    "кому",
    "тема",
    "дата",
    "отправлено",
    "копия",
    "发送时间",
    "发送日期",
    "发送",
    "时间",
    "日期",
    "收件人",
    "抄送",
    "主题",
    "寄件日期",
    "傳送時間",
    "收件者",
    "主旨",
    "副本",
    "日時",
    "送信日時",
    "宛先",
    "件名",
    "送信",
    "받는 사람",
    "제목",
    "보낸 날짜",
    "날짜",
    "lähetetty",
    "vastaanottaja",
    "aihe",
    "tárgy",
    "címzett",
    "dátum",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    From,
    Other,
}

/// The line with which a block of at least three such fields, one of them the sender, begins.
pub(crate) fn find_block(lines: &[&str]) -> Option<usize> {
    (0..lines.len()).find(|&start| is_block_start(&lines[start..]))
}

/// Whether a header block begins exactly here. Values may wrap, so one foreign line is allowed.
pub(crate) fn is_block_start(lines: &[&str]) -> bool {
    if lines.first().and_then(|line| field(line)).is_none() {
        return false;
    }
    let (mut fields, mut senders, mut foreign) = (0, 0, 0);
    for line in lines.iter().take(12) {
        match field(line) {
            Some((kind, _)) => {
                fields += 1;
                senders += usize::from(kind == Kind::From);
            }
            None if line.trim_matches(['>', ' ', '\t']).is_empty() && fields >= 2 => break,
            None => foreign += 1,
        }
        if foreign > 2 {
            break;
        }
    }
    senders >= 1 && fields >= 3 || senders >= 1 && fields >= 2 && has_address_or_date(lines)
}

fn has_address_or_date(lines: &[&str]) -> bool {
    lines
        .iter()
        .take(3)
        .filter_map(|line| field(line))
        .any(|(kind, value)| kind == Kind::From && value.contains('@'))
}

/// The address in the first sender field of a header block.
pub(crate) fn first_sender(lines: &[&str]) -> Option<String> {
    let at = lines
        .iter()
        .take(30)
        .position(|line| field(line).is_some_and(|(kind, _)| kind == Kind::From))?;
    let (_, value) = field(lines[at])?;
    address_in(value).or_else(|| {
        let next = lines
            .get(at + 1)
            .map(|line| line.trim_matches(['>', ' ', '\t']))?;
        field(next).is_none().then(|| address_in(next)).flatten()
    })
}

/// A line's field kind and value, if it is one: `> *From:* Ann`, `发件人：安`.
fn field(line: &str) -> Option<(Kind, &str)> {
    let bare = line.trim_start_matches(['>', ' ', '\t', '*', '|', '_', '\u{feff}', '-']);
    let end = bare
        .char_indices()
        .take(24)
        .find(|(_, c)| matches!(c, ':' | '：'))
        .map(|(index, _)| index)?;
    let name: String = bare[..end]
        .trim_matches(['*', '_', ' ', '\u{a0}', '\u{3000}'])
        .chars()
        .filter(|c| !matches!(c, '\u{200b}' | '　'))
        .collect();
    let name = name.trim().to_lowercase();
    let value = bare[end..].trim_start_matches([':', '：', '*', '_', ' ', '\u{a0}']);
    if FROM.contains(&name.as_str()) {
        Some((Kind::From, value))
    } else if OTHER.contains(&name.as_str()) {
        Some((Kind::Other, value))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_many_languages() {
        for block in [
            "From: Ann <a@b.c>\nSent: Monday\nTo: us\nSubject: x",
            "*From:* Ann <a@b.c>\n*Date:* Monday\n*To:* us",
            "发件人： 安 <a@b.c>\n发送时间： 2020年1月1日\n收件人： 我们\n主题： 问题",
            "Von: Ann\nGesendet: Montag\nAn: uns\nBetreff: x",
            "De : Ann\nEnvoyé : lundi\nÀ : nous\nObjet : x",
            "差出人: Ann <a@b.c>\n送信日時: 2020年1月1日\n宛先: us\n件名: x",
        ] {
            let text = format!("reply\n\n{block}\n\nold");
            let lines: Vec<&str> = text.lines().collect();
            assert_eq!(find_block(&lines), Some(2), "{block}");
        }
    }

    #[test]
    fn prose_with_a_colon_is_no_block() {
        for text in [
            "To: do list\nbuy milk",
            "Date: tomorrow?\nPlace: here",
            "From: the moon\nwith love",
        ] {
            assert_eq!(find_block(&text.lines().collect::<Vec<_>>()), None, "{text}");
        }
    }
}
