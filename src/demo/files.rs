//! The files of the demo, made here: pictures of lamps, a one-page PDF, tables.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A file as somebody sends it.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

const WIDTH: usize = 360;
const HEIGHT: usize = 270;

/// A lamp on a table in warm light; `variety` changes its colours and where it is cracked.
pub(super) fn photo(variety: u8) -> Made {
    let mut rows = Vec::with_capacity((WIDTH * 3 + 1) * HEIGHT);
    for y in 0..HEIGHT {
        rows.push(0); // no filter
        for x in 0..WIDTH {
            rows.extend(pixel(x, y, variety));
        }
    }
    Made {
        name: format!("IMG_{}.png", 2041 + u32::from(variety) * 37),
        media_type: "image/png",
        bytes: png(&rows),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "colours are clamped to an octet"
)]
fn pixel(x: usize, y: usize, variety: u8) -> [u8; 3] {
    let (x, y, shift) = (x as f32, y as f32, f32::from(variety));
    let (across, down) = (x - 180.0, y - 105.0);
    let glow = (1.0 - (across * across + down * down).sqrt() / 260.0).max(0.0);
    let mut color = [
        60.0 + 150.0 * glow,
        52.0 + 120.0 * glow,
        62.0 + 60.0 * glow + shift * 9.0,
    ];
    if y > 218.0 {
        color = [112.0 - shift * 6.0, 78.0, 52.0];
    }
    if across.abs() < 5.0 && (150.0..218.0).contains(&y) || across.abs() < 42.0 && (212.0..220.0).contains(&y)
    {
        color = [70.0, 54.0, 40.0];
    }
    let half = 38.0 + (y - 50.0) * 0.42;
    if (50.0..152.0).contains(&y) && across.abs() < half {
        color = [252.0, 214.0 - shift * 10.0, 140.0 + shift * 12.0];
        let crack = across - 14.0 * ((y + shift * 23.0) / 17.0).sin() - (shift - 1.5) * 14.0;
        if crack.abs() < 1.6 && y > 74.0 {
            color = [88.0, 66.0, 48.0];
        }
    }
    color.map(|part| part.clamp(0.0, 255.0) as u8)
}

/// PNG (ISO/IEC 15948): eight bits of red, green and blue.
fn png(rows: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    for length in [WIDTH, HEIGHT] {
        head.extend(u32::try_from(length).unwrap_or_default().to_be_bytes());
    }
    head.extend([8, 2, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head);
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let packed = packed.write_all(rows).and_then(|()| packed.finish());
    chunk(&mut out, *b"IDAT", &packed.unwrap_or_default());
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], content: &[u8]) {
    let mut sum = flate2::Crc::new();
    sum.update(&kind);
    sum.update(content);
    out.extend(u32::try_from(content.len()).unwrap_or_default().to_be_bytes());
    out.extend(kind);
    out.extend(content);
    out.extend(sum.sum().to_be_bytes());
}

/// A page with some lines of ASCII.
pub(super) fn pdf(name: &str, lines: &[String]) -> Made {
    let mut page = String::from("BT /F1 20 Tf 60 770 Td (Lamp & Tea) Tj /F1 11 Tf 0 -34 Td 16 TL\n");
    for line in lines {
        let plain: String = line
            .chars()
            .filter(|c| c.is_ascii() && !"()\\".contains(*c))
            .collect();
        page.push_str(&["(", &plain, ") Tj T*\n"].concat());
    }
    page += "ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1_u8..).zip(&objects) {
        places.push(out.len());
        out.push_str(&[&number.to_string(), " 0 obj\n", object, "\nendobj\n"].concat());
    }
    let start = out.len();
    let places: Vec<String> = places
        .iter()
        .map(|place| format!("{place:010} 00000 n \n"))
        .collect();
    let places = places.concat();
    let end = format!(
        "xref\n0 6\n0000000000 65535 f \n{places}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.push_str(&end);
    Made {
        name: name.to_owned(),
        media_type: "application/pdf",
        bytes: out.into_bytes(),
    }
}

/// A table with a mark that tells a spreadsheet its encoding.
pub(super) fn csv(name: &str, rows: &[Vec<String>]) -> Made {
    let lines: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
    Made {
        name: name.to_owned(),
        media_type: "text/csv",
        bytes: format!("\u{feff}{}\r\n", lines.join("\r\n")).into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_what_they_say() {
        assert_eq!(infer::get(&photo(1).bytes).unwrap().mime_type(), "image/png");
        let page = pdf("a.pdf", &["Invoice (1)".to_owned()]);
        assert_eq!(infer::get(&page.bytes).unwrap().mime_type(), "application/pdf");
        let text = String::from_utf8(page.bytes).unwrap();
        let start: usize = text
            .rsplit("startxref\n")
            .next()
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        assert!(text[start..].starts_with("xref"));
    }
}
