//! What is said in a conversation: its words filled in, its calls, the files and the markup that mails carry.

use rand::RngExt;
use shouwen_core::channel::{Channel, Direction};
use shouwen_core::message::Delivery;

use super::player::Player;
use super::{Act, Said};
use crate::demo::files;
use crate::demo::staff::STAFF;
use crate::demo::words::{Words, chance, pick};
use crate::store::messages::Outcome;

impl Player<'_> {
    pub(super) fn words(&mut self, customer: usize, agent: usize) -> Words {
        let mut words = Words::new();
        for name in ["lamp", "tea", "city", "carrier"] {
            let some: Vec<&str> = self.language.words[name].iter().map(String::as_str).collect();
            words.insert(name, pick(&some, self.dice).to_owned());
        }
        let chinese = self.language.name == "zh";
        let full = &self.plan.customers[customer].person.name;
        let name = if chinese {
            full.as_str()
        } else {
            full.split(' ').next().unwrap_or(full)
        };
        words.insert("name", name.to_owned());
        words.insert("agent", STAFF[agent].name.to_owned());
        words.insert(
            "order",
            format!("LT-{}", self.dice.random_range(26_100_000..26_119_999)),
        );
        let tracking = self.dice.random_range(100_000_000_000_u64..999_999_999_999);
        words.insert(
            "tracking",
            format!("{}{tracking}", if chinese { "SF" } else { "JD" }),
        );
        words.insert("days", self.dice.random_range(3..9).to_string());
        words.insert("number", self.dice.random_range(2100..2900).to_string());
        let price = self.dice.random_range(24..260);
        words.insert(
            "amount",
            if chinese {
                format!("{price} 元")
            } else {
                format!("€{price}.90")
            },
        );
        words
    }

    pub(super) fn call(&mut self, text: String, direction: Direction, outcome: Outcome) -> Act {
        let seconds = if outcome == Outcome::Answered {
            self.dice.random_range(70..900)
        } else {
            0
        };
        Act::Call {
            text,
            direction,
            outcome,
            seconds,
        }
    }

    pub(super) fn said(&mut self, text: String, file: Option<&str>, words: &Words) -> Said {
        let mut files = Vec::new();
        let mut html = None;
        let order = words["order"].clone();
        match file {
            Some("photo") => {
                files.push(files::photo(self.dice.random_range(0..4)));
                if self.scenario.channel == Channel::Email && chance(50, self.dice) {
                    html = Some(html_of(&text, "", true));
                }
            }
            Some("list") => {
                let rows = self.list(words);
                html = Some(html_of(&text, &html_table(&rows), true));
                files.push(files::photo(self.dice.random_range(0..4)));
                files.push(files::csv("list.csv", &rows));
            }
            Some("table") => {
                let rows = [
                    ["size", "diameter", "height", "for tables of"],
                    ["S", "30 cm", "26 cm", "60 - 90 cm"],
                    ["M", "45 cm", "38 cm", "90 - 140 cm"],
                    ["L", "60 cm", "52 cm", "from 140 cm"],
                ];
                let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
                files.push(files::csv("sizes.csv", &rows));
            }
            Some(kind) => {
                let lines = [
                    format!("{kind} for order {order}"),
                    String::new(),
                    format!("Parcel {}", words["tracking"]),
                    "Lamp & Tea Trading, Pingjiang Road 1, Suzhou".to_owned(),
                ];
                files.push(files::pdf(&format!("{kind}-{order}.pdf"), &lines));
            }
            None => {}
        }
        Said {
            text,
            html,
            files,
            delivery: Delivery::Sent,
        }
    }

    fn list(&mut self, words: &Words) -> Vec<Vec<String>> {
        let mut rows = vec![["item", "pieces"].map(str::to_owned).to_vec()];
        for item in self.language.words["lamp"].iter().take(3).chain([&words["tea"]]) {
            rows.push(vec![item.clone(), self.dice.random_range(4..40).to_string()]);
        }
        rows
    }
}

/// The text as a mail program writes it, with a table and a picture that the message carries with it.
fn html_of(text: &str, table: &str, picture: bool) -> String {
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|part| format!("<p>{}</p>", escape(part).replace('\n', "<br>")))
        .collect();
    let picture = if picture {
        "<p><img src=\"cid:picture@mail\" alt=\"\" width=\"360\"></p>"
    } else {
        ""
    };
    format!("{}{table}{picture}", paragraphs.join(""))
}

fn html_table(rows: &[Vec<String>]) -> String {
    let row = |(place, cells): (usize, &Vec<String>)| {
        let tag = if place == 0 { "th" } else { "td" };
        let cells: Vec<String> = cells
            .iter()
            .map(|cell| {
                format!(
                    "<{tag} style=\"border:1px solid #bbb;padding:4px 12px;text-align:left\">{}</{tag}>",
                    escape(cell)
                )
            })
            .collect();
        format!("<tr>{}</tr>", cells.join(""))
    };
    let rows: Vec<String> = rows.iter().enumerate().map(row).collect();
    format!(
        "<table style=\"border-collapse:collapse\">{}</table>",
        rows.join("")
    )
}

pub(in crate::demo) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
