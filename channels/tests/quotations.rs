//! Answers and forwards as the mail programs of many languages write them: what stands above the quoted
//! mail is found in every dress, and the words of the sender are kept whole.

use serde_json::Value;
use shouwen_channels::email::{inspect, trim_reply};

const ATTRIBUTIONS: &[&str] = &[
    "On Mon, Jun 1, 2020 at 9:00 AM Ann Li <ann@shop.example> wrote:",
    "On 1 Jun 2020, at 09:00, Ann Li <ann@shop.example> wrote:",
    "On 06/01/2020 09:00 AM, Ann Li wrote:",
    "On Jun 1, 2020, Ann Li wrote:",
    "Ann Li <ann@shop.example> writes:",
    "Ann Li <ann@shop.example> wrote on Mon, 1 Jun 2020:",
    "On Monday, June 1, 2020, Ann Li <ann@shop.example> wrote:",
    "On 2020-06-01 09:00, Ann Li wrote:",
    "---- On Mon, 01 Jun 2020 09:00:00 +0200 Ann Li <ann@shop.example> wrote ----",
    "---- Am Mo., 01 Juni 2020 09:00:00 +0200 Ann Li <ann@shop.example> schrieb ----",
    "Am Mo., 1. Juni 2020 um 09:00 Uhr schrieb Ann Li <ann@shop.example>:",
    "Am 01.06.20 um 09:00 schrieb Ann Li:",
    "Am 01.06.2020 um 09:00 schrieb Ann Li <ann@shop.example>:",
    "Ann Li <ann@shop.example> schrieb am Mo., 1. Juni 2020, 09:00:",
    "Ann Li schrieb am 01.06.2020 um 09:00:",
    "Ann Li <ann@shop.example> hat am 01.06.2020 09:00 geschrieben:",
    "Le lun. 1 juin 2020 à 09:00, Ann Li <ann@shop.example> a écrit :",
    "Le 01/06/2020 à 09:00, Ann Li a écrit :",
    "Le 1 juin 2020 à 09:00, Ann Li <ann@shop.example> a écrit :",
    "Le lundi 1 juin 2020 à 09:00:00 UTC+2, Ann Li <ann@shop.example> a écrit :",
    "El lun, 1 jun 2020 a las 9:00, Ann Li (<ann@shop.example>) escribió:",
    "El 01/06/2020 a las 9:00, Ann Li escribió:",
    "El lunes, 1 de junio de 2020, Ann Li <ann@shop.example> escribió:",
    "El 1 jun 2020, a las 9:00, Ann Li <ann@shop.example> escribió:",
    "Il giorno lun 1 giu 2020 alle ore 09:00 Ann Li <ann@shop.example> ha scritto:",
    "Il 01/06/2020 09:00, Ann Li ha scritto:",
    "Il 1 giugno 2020 alle 09:00, Ann Li <ann@shop.example> ha scritto:",
    "Em seg., 1 de jun. de 2020 às 09:00, Ann Li <ann@shop.example> escreveu:",
    "Em 01/06/2020 09:00, Ann Li escreveu:",
    "Ann Li <ann@shop.example> escreveu no dia segunda, 1/06/2020 à(s) 09:00:",
    "No dia 1 de junho de 2020, às 09:00, Ann Li <ann@shop.example> escreveu:",
    "A 1 de junho de 2020, Ann Li <ann@shop.example> escreveu:",
    "Op ma 1 jun. 2020 om 09:00 schreef Ann Li <ann@shop.example>:",
    "Op 01-06-2020 om 09:00 schreef Ann Li:",
    "Op 1 jun. 2020, om 09:00 heeft Ann Li <ann@shop.example> het volgende geschreven:",
    "pon., 1 cze 2020 o 09:00 Ann Li <ann@shop.example> napisał(a):",
    "W dniu 01.06.2020 o 09:00, Ann Li pisze:",
    "W dniu pon., 1 cze 2020 o 09:00 Ann Li <ann@shop.example> napisał(a):",
    "Wiadomość napisana przez Ann Li <ann@shop.example> w dniu 01.06.2020, o godz. 09:00:",
    "Dnia 1 czerwca 2020 09:00 Ann Li <ann@shop.example> napisał(a):",
    "пн, 1 июн. 2020 г. в 09:00, Ann Li <ann@shop.example>:",
    "1 июня 2020 г., в 09:00, Ann Li <ann@shop.example> написал(а):",
    "01.06.2020 09:00, Ann Li пишет:",
    "Понедельник, 1 июня 2020, 9:00 +03:00 от Ann Li <ann@shop.example>:",
    "01.06.2020, 09:00, \"Ann Li\" <ann@shop.example>:",
    "пн, 1 черв. 2020 р. о 09:00 Ann Li <ann@shop.example> пише:",
    "po 1. 6. 2020 v 9:00 odesílatel Ann Li <ann@shop.example> napsal:",
    "Dne 1. 6. 2020 v 9:00 Ann Li napsal(a):",
    "po 1. 6. 2020 o 9:00 Ann Li <ann@shop.example> napísal(a):",
    "Ann Li <ann@shop.example> ezt írta (időpont: 2020. jún. 1., H, 9:00):",
    "2020. 06. 01. 9:00 keltezéssel, Ann Li írta:",
    "În lun., 1 iun. 2020 la 09:00, Ann Li <ann@shop.example> a scris:",
    "pon, 1. lip 2020. u 09:00 Ann Li <ann@shop.example> napisao je:",
    "V V pon., 1. jun. 2020 ob 09:00 je oseba Ann Li <ann@shop.example> napisala:",
    "На пн, 1.06.2020 г. в 9:00 Ann Li <ann@shop.example> написа:",
    "Στις Δευ, 1 Ιουν 2020 στις 9:00 π.μ., ο χρήστης Ann Li <ann@shop.example> έγραψε:",
    "Ann Li <ann@shop.example>, 1 Haz 2020 Pzt, 09:00 tarihinde şunu yazdı:",
    "1.06.2020 09:00 tarihinde Ann Li yazdı:",
    "1 Haz 2020 09:00 tarihinde Ann Li <ann@shop.example> şunları yazdı:",
    "Den mån 1 juni 2020 kl 09:00 skrev Ann Li <ann@shop.example>:",
    "Den 2020-06-01 kl. 09:00, skrev Ann Li:",
    "1 juni 2020 kl. 09:00 skrev Ann Li <ann@shop.example>:",
    "Den man. 1. jun. 2020 kl. 09.00 skrev Ann Li <ann@shop.example>:",
    "Den 01.06.2020 09:00, skrev Ann Li:",
    "man. 1. jun. 2020 kl. 09:00 skrev Ann Li <ann@shop.example>:",
    "1. jun. 2020 kl. 09:00 skrev Ann Li <ann@shop.example>:",
    "På 1 juni 2020 kl. 09:00:00, Ann Li (ann@shop.example) skrev:",
    "ma 1. kesäk. 2020 klo 9.00 Ann Li (ann@shop.example) kirjoitti:",
    "Ann Li kirjoitti 1.6.2020 klo 9.00:",
    "Ann Li <ann@shop.example> kirjoitti 1.6.2020 kello 9.00:",
    "2020年6月1日(月) 9:00 Ann Li <ann@shop.example>:",
    "2020/06/01 9:00、Ann Li <ann@shop.example>のメール:",
    "2020年6月1日 9:00、Ann Li <ann@shop.example>のメール:",
    "On 2020/06/01 9:00, Ann Li wrote:",
    "Ann Li <ann@shop.example>さんは書きました:",
    "2020/06/01 9:00、Ann Liさんが書きました:",
    "2020년 6월 1일 (월) 오전 9:00, Ann Li <ann@shop.example>님이 작성:",
    "2020. 6. 1. 오전 9:00, Ann Li <ann@shop.example> 작성:",
    "Ann Li <ann@shop.example>님이 2020년 6월 1일 작성:",
    "Ann Li <ann@shop.example> 于2020年6月1日周一 09:00写道：",
    "Ann Li <ann@shop.example> 於 2020年6月1日 週一 上午9:00寫道：",
    "在 2020/6/1 9:00, Ann Li 写道:",
    "在 2020年6月1日，上午9:00，Ann Li <ann@shop.example> 写道：",
    "在 2020-06-01 09:00:00，\"Ann Li\" <ann@shop.example> 写道：",
    "在2020年06月01日 09:00，Ann Li<ann@shop.example> 写道：",
    "At 2020-06-01 09:00:00, \"Ann Li\" <ann@shop.example> wrote:",
    "Vào 09:00 Th 2, 1 thg 6, 2020 Ann Li <ann@shop.example> đã viết:",
    "Pada Sen, 1 Jun 2020 pukul 09.00 Ann Li <ann@shop.example> menulis:",
    "ในวันที่ จ. 1 มิ.ย. 2020 เวลา 09:00 Ann Li <ann@shop.example> เขียนว่า:",
    "\u{202b}בתאריך יום ב׳, 1 ביוני 2020 ב-9:00 מאת \u{202a}Ann Li\u{202c}\u{200f} <\u{202a}ann@shop.example\u{202c}\u{200f}>:\u{202c}",
    "في الاثنين، 1 يونيو 2020 في 9:00 ص تمت كتابة ما يلي بواسطة Ann Li <ann@shop.example>:",
    "Ann Li <ann@shop.example> kirjutas kuupäeval E, 1. juuni 2020 kell 09:00:",
    "2020-06-01, pr, 09:00 Ann Li <ann@shop.example> rašė:",
    "El dia dl., 1 de juny 2020 a les 9:00, Ann Li <ann@shop.example> va escriure:",
    "dl 1 juny 2020 a les 9:00 Ann Li <ann@shop.example> va escriure:",
    "Dana pon, 1. lip 2020. u 09:00 Ann Li <ann@shop.example> napisao je:",
    "Ann Li via desk <ann@shop.example> wrote on June 1, 2020 9:00:",
];

/// The names of sender, date, recipient, copy and subject above a quoted mail.
const BLOCKS: &[[&str; 5]] = &[
    ["From", "Sent", "To", "Cc", "Subject"],
    ["From", "Date", "To", "Cc", "Subject"],
    ["Von", "Gesendet", "An", "Cc", "Betreff"],
    ["Von", "Datum", "An", "Kopie", "Betreff"],
    ["De", "Envoyé", "À", "Cc", "Objet"],
    ["De", "Date", "À", "Cc", "Objet"],
    ["De", "Enviado", "Para", "CC", "Asunto"],
    ["De", "Fecha", "Para", "Cc", "Asunto"],
    ["Da", "Inviato", "A", "Cc", "Oggetto"],
    ["Da", "Data", "A", "Cc", "Oggetto"],
    ["De", "Enviado", "Para", "Cc", "Assunto"],
    ["De", "Data", "Para", "Cc", "Assunto"],
    ["Van", "Verzonden", "Aan", "CC", "Onderwerp"],
    ["Van", "Datum", "Aan", "Cc", "Onderwerp"],
    ["Od", "Wysłano", "Do", "DW", "Temat"],
    ["Od", "Data", "Do", "DW", "Temat"],
    ["От", "Отправлено", "Кому", "Копия", "Тема"],
    ["От", "Дата", "Кому", "Копия", "Тема"],
    ["Від", "Надіслано", "Кому", "Копія", "Тема"],
    ["Od", "Odesláno", "Komu", "Kopie", "Předmět"],
    ["Od", "Odoslané", "Komu", "Kópia", "Predmet"],
    ["Feladó", "Elküldve", "Címzett", "Másolatot kap", "Tárgy"],
    ["De la", "Trimis", "Către", "Cc", "Subiect"],
    ["Šalje", "Poslano", "Prima", "Kopija", "Predmet"],
    ["Od", "Datum", "Za", "Cc", "Predmet"],
    ["Kimden", "Gönderildi", "Kime", "Bilgi", "Konu"],
    ["Gönderen", "Tarih", "Kime", "Cc", "Konu"],
    ["Från", "Skickat", "Till", "Kopia", "Ämne"],
    ["Fra", "Sendt", "Til", "Cc", "Emne"],
    ["Fra", "Dato", "Til", "Kopi", "Emne"],
    ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Kopio", "Aihe"],
    ["Lähettäjä", "Päiväys", "Vastaanottaja", "Kopio", "Aihe"],
    ["差出人", "送信日時", "宛先", "CC", "件名"],
    ["From", "Date", "To", "Cc", "件名"],
    ["보낸 사람", "보낸 날짜", "받는 사람", "참조", "제목"],
    ["发件人", "发送时间", "收件人", "抄送", "主题"],
    ["寄件者", "寄件日期", "收件者", "副本", "主旨"],
    ["Από", "Στάλθηκε", "Προς", "Κοιν.", "Θέμα"],
    ["От", "Изпратено", "До", "Копие", "Относно"],
    ["Từ", "Đã gửi", "Đến", "Cc", "Chủ đề"],
    ["Dari", "Tanggal", "Kepada", "Cc", "Perihal"],
    ["מאת", "נשלח", "אל", "עותק", "נושא"],
    ["من", "تاريخ الإرسال", "إلى", "نسخة", "الموضوع"],
    ["จาก", "วันที่", "ถึง", "สำเนา", "เรื่อง"],
];

const FORWARDS: &[&str] = &[
    "---------- Forwarded message ---------",
    "---------- Message transféré ---------",
    "-------- Forwarded Message --------",
    "-------- Weitergeleitete Nachricht --------",
    "-------- Message transféré --------",
    "-------- Mensaje reenviado --------",
    "-------- Messaggio Inoltrato --------",
    "-------- Mensagem reencaminhada --------",
    "-------- Mensagem encaminhada --------",
    "-------- Doorgestuurd bericht --------",
    "-------- Videresendt meddelelse --------",
    "-------- Videresendt melding --------",
    "-------- Vidarebefordrat meddelande --------",
    "-------- Välitetty viesti --------",
    "-------- Przekazana wiadomość --------",
    "-------- Přeposlaná zpráva --------",
    "-------- Preposlaná správa --------",
    "-------- Továbbított üzenet --------",
    "-------- Mesaj redirecționat --------",
    "-------- Proslijeđena poruka --------",
    "-------- İletilmiş İleti --------",
    "-------- Перенаправленное сообщение --------",
    "-------- Переслане повідомлення --------",
    "-------- 転送されたメッセージ --------",
    "-------- 转发的消息 --------",
    "-------- 转发信息 --------",
    "-------- 轉寄郵件 --------",
    "-------- 전달된 메시지 --------",
    "----- Forwarded Message -----",
    "----- Weitergeleitete Nachricht -----",
    "----- Message transféré -----",
    "----- Mensaje reenviado -----",
    "----- Messaggio inoltrato -----",
    "----- Mensagem encaminhada -----",
    "----- Doorgestuurd bericht -----",
    "----- Przesłana wiadomość -----",
    "----- Mesaj redirecționat -----",
    "----- İletilmiş Mesaj -----",
    "----- Vidarebefordrat meddelande -----",
    "----- Videresendt meddelelse -----",
    "----- Videresendt melding -----",
    "----- Välitetty viesti -----",
    "----- Přeposlaná zpráva -----",
    "----- Továbbított üzenet -----",
    "----- Пересылаемое сообщение -----",
    "----- Переслане повідомлення -----",
    "----- 転送されたメッセージ -----",
    "----- 전달된 메시지 -----",
    "----- Proslijeđena poruka -----",
    "----- Preposlaná správa -----",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message réexpédié :",
    "Début du message transféré :",
    "Inicio del mensaje reenviado:",
    "Inizio messaggio inoltrato:",
    "Início da mensagem reencaminhada:",
    "Início da mensagem encaminhada:",
    "Begin doorgestuurd bericht:",
    "Start på videresendt besked:",
    "Videresendt melding:",
    "Vidarebefordrat mejl:",
    "Välitetty viesti alkaa:",
    "Początek przekazywanej wiadomości:",
    "Začátek přeposílané zprávy:",
    "Začiatok preposlanej správy:",
    "Továbbított levél kezdete:",
    "Továbbított üzenet kezdete:",
    "Începutul mesajului redirecționat:",
    "Započeta proslijeđena poruka:",
    "İleri gönderilen ileti başlangıcı:",
    "Yönlendirilen iletinin başlangıcı:",
    "Начало переадресованного сообщения:",
    "Начало пересылаемого сообщения:",
    "Початок переадресованого повідомлення:",
    "Початок листа, що пересилається:",
    "転送されたメッセージ:",
    "以下は転送されたメッセージ：",
    "以下是转发的邮件：",
    "下面是被转发的邮件：",
    "以下是轉寄的郵件：",
    "전달된 메시지 시작:",
    "전달받은 메시지:",
    "------------------ 转发邮件 ------------------",
    "-------- 转发邮件信息 --------",
    "---- 转发的邮件 ----",
    "------------------转发的邮件------------------",
    "-------- Пересылаемое сообщение --------",
    "Forwarded message",
    "============ Forwarded message ============",
    "----- Forwarded by Ann Li/Desk on 01/06/2020 09:00 -----",
];

const ANSWER: &str = "Thanks, that helps.\nAnn";

fn read(subject: &str, body: &str) -> Value {
    let header = "From: Casey <casey@customer.example>\r\nTo: Support <support@desk.example>\r\n\
        Content-Type: text/plain; charset=utf-8\r\n";
    inspect(format!("{header}Subject: {subject}\r\n\r\n{body}").as_bytes())
}

fn block(names: &[&str; 5], colon: &str, bold: &str) -> String {
    let values = [
        "Ann Li <ann@shop.example>",
        "Montag, 1. Juni 2020 09:00",
        "Support <support@desk.example>",
        "bob@desk.example",
        "Re: order",
    ];
    let lines = names.iter().zip(values);
    let lines = lines.map(|(name, value)| format!("{bold}{name}{colon}{bold} {value}\n"));
    lines.collect()
}

/// Breaks a line at the last blank before a terminal's width.
fn wrapped(line: &str) -> Option<String> {
    let limit = line.char_indices().nth(60)?.0;
    let at = line[..limit].rfind(' ')?;
    Some(format!("{}\n{}", &line[..at], &line[at + 1..]))
}

#[test]
fn history_is_left_out_below_every_attribution() {
    for attribution in ATTRIBUTIONS {
        let mut forms = vec![(*attribution).to_owned()];
        // Polish puts the date last, so its first line says nothing yet.
        forms.extend(wrapped(attribution).filter(|_| !attribution.starts_with("Wiadomość")));
        for form in forms {
            for history in ["> old words here\n> and more\n", "old words here\nand more\n"] {
                let text = format!("{ANSWER}\n\n{form}\n\n{history}");
                assert_eq!(trim_reply(&text), ANSWER, "{text}");
            }
            let below = format!("{form}\n> old words here\n> and more\n\n{ANSWER}\n");
            assert_eq!(trim_reply(&below), ANSWER, "{below}");
        }
    }
}

#[test]
fn history_is_left_out_below_every_header_block() {
    for names in BLOCKS {
        for colon in [":", " :", "：", " : "] {
            for bold in ["", "*"] {
                let block = block(names, colon, bold);
                for above in [
                    "",
                    "________________________________\n",
                    "-----Original Message-----\n",
                ] {
                    let text = format!("{ANSWER}\n\n{above}{block}\nold words here\n");
                    assert_eq!(trim_reply(&text), ANSWER, "{text}");
                }
            }
        }
    }
}

#[test]
fn a_forward_is_known_by_its_marker_in_every_language() {
    for marker in FORWARDS {
        for quote in ["", "> "] {
            let block = block(&["From", "Date", "To", "Cc", "Subject"], ":", "");
            let block: String = block.lines().map(|line| format!("{quote}{line}\n")).collect();
            let seen = read(
                "Re: sample",
                &format!("FYI\n\n{marker}\n{block}{quote}\n{quote}It broke.\n"),
            );
            assert_eq!(seen["is_forward"], true, "{marker}");
            assert_eq!(seen["forwarded_from"], "ann@shop.example", "{marker}");
            assert!(
                seen["reply"]
                    .as_str()
                    .is_some_and(|reply| reply.contains("It broke.")),
                "{marker}"
            );
        }
    }
}

#[test]
fn a_forward_without_a_marker_is_known_by_its_subject_and_block() {
    for names in BLOCKS {
        for prefix in [
            "Fwd:",
            "WG:",
            "TR:",
            "转发：",
            "RV:",
            "I:",
            "ENC:",
            "YNT: İLT:",
            "Doorst:",
        ] {
            let seen = read(prefix, &format!("\n{}\nIt broke.\n", block(names, ":", "")));
            assert_eq!(seen["forwarded_from"], "ann@shop.example", "{prefix} {names:?}");
        }
    }
}

#[test]
fn sentences_that_look_like_quotations_lose_nothing() {
    for text in [
        "On 3 May 2020 I wrote to support@desk.example:\nmy parcel is broken\nplease help",
        "Am 3. Mai 2020 schrieb ich an support@desk.example:\nbitte helfen",
        "I sent the form to ann@shop.example and got this:\nerror 5\nwhat now?",
        "From: the moment it arrived\nTo: today\nit never worked",
        "Please note: the order is 2020-01-01\nDate: unknown\nthanks",
        "prices -- see ann@shop.example -- are wrong\nreally",
        "> 100 yuan is too much\nfor this",
        "我在2020年1月1日下单，客服写道：\n已发货\n但是没有收到",
        "Notes:\n---\nstep one\n---\nstep two",
        "Your agent wrote:\nwe will refund\nbut nobody did",
    ] {
        assert_eq!(trim_reply(text), text, "{text}");
    }
}

#[test]
fn an_answer_may_share_its_line_with_the_history() {
    let text = "Thanks--- On Wed, Apr 4, 2012 at 3:59 PM, ann@shop.example wrote:\n> old\n> older";
    assert_eq!(trim_reply(text), "Thanks");
}
