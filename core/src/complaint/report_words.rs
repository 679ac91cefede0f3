//! The words of the closure report, in both languages.

use super::case::{CaseField, Closure, CompensationKind, CompensationState, Liable, Remedy};
use super::grade::Grade;
use super::matrix::{GradeReason, ReasonCode};
use super::money::Money;
use super::report::{ReportLanguage, money};
use super::topic::Topic;

pub(super) struct Words {
    pub(super) language: &'static str,
    is_chinese: bool,
    pub(super) title: &'static str,
    pub(super) subject: &'static str,
    pub(super) customer: &'static str,
    pub(super) opened: &'static str,
    pub(super) grade: &'static str,
    pub(super) confirmed: &'static str,
    pub(super) unconfirmed: &'static str,
    pub(super) category: &'static str,
    pub(super) answers_for_it: &'static str,
    pub(super) reasons: &'static str,
    pub(super) cause: &'static str,
    pub(super) remedy: &'static str,
    pub(super) liable: &'static str,
    pub(super) cost: &'static str,
    pub(super) authority: &'static str,
    pub(super) number: &'static str,
    pub(super) due: &'static str,
    pub(super) compensations: &'static str,
    pub(super) amount: &'static str,
    pub(super) state: &'static str,
    pub(super) asked_by: &'static str,
    pub(super) decided_by: &'static str,
    pub(super) reason: &'static str,
    pub(super) evidence: &'static str,
    pub(super) what: &'static str,
    pub(super) note: &'static str,
    pub(super) added: &'static str,
    pub(super) checklist: &'static str,
    pub(super) not_done: &'static str,
    pub(super) history: &'static str,
    pub(super) when: &'static str,
    pub(super) who: &'static str,
    pub(super) closure: &'static str,
    pub(super) closed_on: &'static str,
    pub(super) follow_up: &'static str,
    pub(super) still_open: &'static str,
    pub(super) sign_handler: &'static str,
    pub(super) sign_supervisor: &'static str,
    pub(super) printed: &'static str,
}

static ENGLISH: Words = Words {
    language: "en",
    is_chinese: false,
    title: "Complaint report",
    subject: "Subject",
    customer: "Customer",
    opened: "Opened",
    grade: "Grade",
    confirmed: "confirmed",
    unconfirmed: "suggested, not confirmed",
    category: "Category",
    answers_for_it: "Answered for by",
    reasons: "Why this grade was suggested",
    cause: "Cause",
    remedy: "Remedy",
    liable: "Liable",
    cost: "Cost",
    authority: "Authority",
    number: "Case number",
    due: "Deadline",
    compensations: "Compensations",
    amount: "Amount",
    state: "State",
    asked_by: "Asked for by",
    decided_by: "Decided by",
    reason: "Reason",
    evidence: "Evidence",
    what: "What",
    note: "Note",
    added: "Added",
    checklist: "Checklist",
    not_done: "not done",
    history: "History",
    when: "When",
    who: "Who",
    closure: "Closure",
    closed_on: "Closed on",
    follow_up: "Follow-up",
    still_open: "This case is still open.",
    sign_handler: "Handled by (signature, date)",
    sign_supervisor: "Supervisor (signature, date)",
    printed: "Printed",
};

static CHINESE: Words = Words {
    language: "zh",
    is_chinese: true,
    title: "投诉结案报告",
    subject: "主题",
    customer: "客户",
    opened: "立案时间",
    grade: "等级",
    confirmed: "已确认",
    unconfirmed: "系统建议，尚未确认",
    category: "分类",
    answers_for_it: "责任人",
    reasons: "建议等级的依据",
    cause: "原因",
    remedy: "处理方案",
    liable: "责任方",
    cost: "成本",
    authority: "监管部门",
    number: "受理编号",
    due: "答复期限",
    compensations: "赔付",
    amount: "金额",
    state: "状态",
    asked_by: "申请人",
    decided_by: "审批人",
    reason: "理由",
    evidence: "证据",
    what: "内容",
    note: "说明",
    added: "添加",
    checklist: "检查清单",
    not_done: "未完成",
    history: "经过",
    when: "时间",
    who: "人员",
    closure: "结案",
    closed_on: "结案依据",
    follow_up: "回访",
    still_open: "本案尚未结案。",
    sign_handler: "经办人（签字、日期）",
    sign_supervisor: "主管（签字、日期）",
    printed: "打印时间",
};

pub(super) fn of(language: ReportLanguage) -> &'static Words {
    match language {
        ReportLanguage::English => &ENGLISH,
        ReportLanguage::Chinese => &CHINESE,
    }
}

impl Words {
    fn pick(&self, english: &'static str, chinese: &'static str) -> &'static str {
        if self.is_chinese { chinese } else { english }
    }

    pub(super) fn grade_of(&self, grade: Grade) -> &'static str {
        match grade {
            Grade::I => self.pick("Grade I", "一级"),
            Grade::Ii => self.pick("Grade II", "二级"),
            Grade::Iii => self.pick("Grade III", "三级"),
            Grade::Iv => self.pick("Grade IV", "四级"),
        }
    }

    /// A built-in category's name, else the name as it is.
    pub(super) fn topic_or<'n>(&self, name: &'n str) -> &'n str {
        match Topic::from_word(name) {
            Some(topic) => self.topic_of(topic),
            None => name,
        }
    }

    fn topic_of(&self, topic: Topic) -> &'static str {
        match topic {
            Topic::Logistics => self.pick("Logistics", "物流"),
            Topic::Quality => self.pick("Quality", "质量"),
            Topic::Service => self.pick("Service", "服务"),
            Topic::Price => self.pick("Price", "价格"),
            Topic::Counterfeit => self.pick("Counterfeit", "假货"),
            Topic::Safety => self.pick("Safety", "安全"),
            Topic::Privacy => self.pick("Privacy", "隐私"),
            Topic::Refund => self.pick("Refund", "退款"),
            Topic::Description => self.pick("Not as described", "描述不符"),
            Topic::Promotion => self.pick("Promotion", "促销"),
            Topic::Other => self.pick("Other", "其他"),
        }
    }

    /// A built-in item of the checklist, else the item as it is.
    pub(super) fn item_or<'n>(&self, key: &'n str) -> &'n str {
        match key {
            "contact_customer" => self.pick("Customer contacted", "已联系客户"),
            "collect_evidence" => self.pick("Evidence collected", "已收集证据"),
            "check_order" => self.pick("Order checked", "已核对订单"),
            "name_cause" => self.pick("Cause named", "已查明原因"),
            "agree_remedy" => self.pick("Remedy agreed", "已商定处理方案"),
            "stop_sale" => self.pick("Sale stopped", "已停止销售"),
            "inform_management" => self.pick("Management informed", "已上报管理层"),
            own => own,
        }
    }

    pub(super) fn liable_of(&self, liable: Liable) -> &'static str {
        match liable {
            Liable::Shop => self.pick("Shop", "店铺"),
            Liable::Supplier => self.pick("Supplier", "供应商"),
            Liable::Carrier => self.pick("Carrier", "承运商"),
            Liable::Platform => self.pick("Platform", "平台"),
            Liable::Customer => self.pick("Customer", "客户"),
            Liable::Nobody => self.pick("Nobody", "无责任方"),
        }
    }

    pub(super) fn remedy_of(&self, remedy: Remedy) -> &'static str {
        match remedy {
            Remedy::Refund => self.pick("Refund", "全额退款"),
            Remedy::PartialRefund => self.pick("Partial refund", "部分退款"),
            Remedy::Replacement => self.pick("Replacement", "换货"),
            Remedy::Repair => self.pick("Repair", "维修"),
            Remedy::Compensation => self.pick("Compensation", "赔偿"),
            Remedy::Voucher => self.pick("Voucher", "优惠券"),
            Remedy::Apology => self.pick("Apology", "道歉"),
            Remedy::Explanation => self.pick("Explanation", "解释说明"),
            Remedy::None => self.pick("None", "无"),
        }
    }

    pub(super) fn compensation_of(&self, kind: CompensationKind) -> &'static str {
        match kind {
            CompensationKind::Refund => self.pick("Refund", "退款"),
            CompensationKind::Compensation => self.pick("Compensation", "赔偿"),
            CompensationKind::Voucher => self.pick("Voucher", "优惠券"),
        }
    }

    pub(super) fn state_of(&self, state: CompensationState) -> &'static str {
        match state {
            CompensationState::Requested => self.pick("requested", "待审批"),
            CompensationState::Approved => self.pick("approved", "已批准"),
            CompensationState::Refused => self.pick("refused", "已拒绝"),
            CompensationState::Paid => self.pick("paid", "已支付"),
            CompensationState::Withdrawn => self.pick("withdrawn", "已撤回"),
        }
    }

    pub(super) fn closure_of(&self, closure: Closure) -> &'static str {
        match closure {
            Closure::Customer => self.pick("the customer's confirmation", "客户确认"),
            Closure::Supervisor => self.pick("a supervisor's word", "主管确认"),
            Closure::Mistaken => self.pick("was no complaint", "并非投诉"),
        }
    }

    pub(super) fn field_of(&self, field: CaseField) -> &'static str {
        match field {
            CaseField::Grade => self.grade,
            CaseField::Category => self.category,
            CaseField::Cause => self.cause,
            CaseField::Liable => self.liable,
            CaseField::Remedy => self.remedy,
            CaseField::Cost => self.cost,
            CaseField::Checklist => self.checklist,
            CaseField::Evidence => self.evidence,
            CaseField::Authority => self.authority,
            CaseField::FollowUp => self.follow_up,
            CaseField::Taken => self.answers_for_it,
            CaseField::Level => self.pick("Escalation", "升级"),
            CaseField::State => self.state,
        }
    }

    /// What a changed field held: a word of an enumeration in the page's language, anything else as it was written.
    pub(super) fn value<'t>(&self, field: CaseField, text: Option<&'t str>) -> &'t str {
        let Some(text) = text else { return "–" };
        let word = match field {
            CaseField::Liable => Liable::from_word(text).map(|word| self.liable_of(word)),
            CaseField::Remedy => Remedy::from_word(text).map(|word| self.remedy_of(word)),
            CaseField::State => Closure::from_word(text).map(|word| self.closure_of(word)),
            CaseField::Category => Topic::from_word(text).map(|word| self.topic_of(word)),
            _ => None,
        };
        word.unwrap_or(text)
    }

    /// Why a grade was suggested, as a sentence.
    pub(super) fn reason(&self, reason: &GradeReason) -> String {
        let text = |name: &str| match reason.params.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let quoted = || format!("“{}”", text("word"));
        match reason.code {
            ReasonCode::Topic => {
                let topic = text("topic");
                format!("{}: {}", self.pick("Topic", "主题"), self.topic_or(&topic))
            }
            ReasonCode::Safety => format!(
                "{} {}",
                self.pick("Something is dangerous:", "存在危险："),
                quoted()
            ),
            ReasonCode::Health => format!(
                "{} {}",
                self.pick("Somebody was hurt:", "有人受到伤害："),
                quoted()
            ),
            ReasonCode::Amount => {
                let sum = Money {
                    minor: reason
                        .params
                        .get("minor")
                        .and_then(serde_json::Value::as_i64)
                        .unwrap_or_default(),
                    currency: text("currency"),
                };
                format!("{} {}", self.pick("A large sum:", "金额较大："), money(&sum))
            }
            ReasonCode::Media => format!(
                "{} {}",
                self.pick("The public is threatened with:", "提到媒体或曝光："),
                quoted()
            ),
            ReasonCode::Lawyer => format!(
                "{} {}",
                self.pick("A lawyer or a court:", "提到律师或法院："),
                quoted()
            ),
            ReasonCode::Authority => format!("{} {}", self.pick("An authority:", "提到监管部门："), quoted()),
            ReasonCode::LegalWords => format!(
                "{} {}",
                self.pick("Words of the law:", "提到法律规定："),
                quoted()
            ),
            ReasonCode::Repeated => format!(
                "{} {}",
                self.pick("Earlier complaints of the customer:", "近期已有投诉次数："),
                text("count")
            ),
            ReasonCode::Tier => format!("{} {}", self.pick("Customer's tier:", "客户等级："), text("tier")),
            ReasonCode::Tone => format!(
                "{} {} %",
                self.pick("Negative tone:", "语气负面："),
                text("strength")
            ),
            ReasonCode::ManyMessages => format!(
                "{} {}",
                self.pick("Messages of the customer:", "客户来信次数："),
                text("count")
            ),
            ReasonCode::Matrix => format!(
                "{} {} × {} {}",
                self.pick("Severity", "严重程度"),
                text("severity"),
                self.pick("reach", "影响范围"),
                text("reach")
            ),
        }
    }
}
