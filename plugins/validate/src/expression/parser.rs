//! Reads an expression: operators by precedence (Pratt, "Top Down Operator Precedence", POPL 1973).

use super::lexer::{Word, words};
use super::{Comparison, Expression, Function, Operator};

/// Deeper nesting would need more stack than a plugin can count on.
const DEEPEST: usize = 64;

/// Reads an expression.
///
/// # Errors
/// What is wrong with it, and at which character.
pub(crate) fn parse(text: &str) -> Result<Expression, String> {
    let located =
        |(at, message): (usize, String)| format!("{message} (at character {at} of `{text}`)");
    let words = words(text).map_err(located)?;
    let mut parser = Parser {
        end: text.chars().count() + 1,
        words,
        next: 0,
        depth: 0,
    };
    let expression = parser.expression(0).map_err(located)?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(located(parser.mistake("an operator"))),
    }
}

type Parsed<T = Expression> = Result<T, (usize, String)>;

struct Parser {
    words: Vec<(usize, Word)>,
    next: usize,
    /// The character after the last one.
    end: usize,
    depth: usize,
}

/// How strongly operators bind: the higher, the stronger.
const OR: u8 = 1;
const AND: u8 = 2;
const NOT: u8 = 3;
const COMPARE: u8 = 4;
const ADD: u8 = 5;
const MULTIPLY: u8 = 6;

impl Parser {
    /// An expression whose operators bind more strongly than `binding`.
    fn expression(&mut self, binding: u8) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err((
                self.at(),
                format!("more than {DEEPEST} operations in one another"),
            ));
        }
        let mut left = self.operand()?;
        loop {
            let rest = self.operator(binding, &mut left)?;
            if !rest {
                self.depth -= 1;
                return Ok(left);
            }
        }
    }

    /// Takes an operator with what stands to the right of it, if one comes that binds strongly
    /// enough.
    fn operator(&mut self, binding: u8, left: &mut Expression) -> Parsed<bool> {
        let Some(operator) = self.peek().and_then(Infix::of) else {
            return Ok(false);
        };
        if operator.binding() <= binding {
            return Ok(false);
        }
        self.next += 1;
        let taken = std::mem::replace(left, Expression::Truth(None));
        *left = match operator {
            Infix::Or => Expression::Or(Box::new([taken, self.expression(OR)?])),
            Infix::And => Expression::And(Box::new([taken, self.expression(AND)?])),
            Infix::Arithmetic(operator) => {
                let right = self.expression(operator_binding(operator))?;
                Expression::Arithmetic(operator, Box::new([taken, right]))
            }
            Infix::Compare(comparison) => {
                let right = self.expression(COMPARE)?;
                Expression::Compare(comparison, Box::new([taken, right]))
            }
            Infix::Is => {
                let negated = self.take_name("not");
                self.expect_name("null")?;
                negate(Expression::IsNull(Box::new(taken)), negated)
            }
            Infix::In => self.list(taken)?,
            Infix::Between => self.between(taken)?,
            Infix::Not => {
                let inner = if self.take_name("in") {
                    self.list(taken)?
                } else {
                    self.expect_name("between")?;
                    self.between(taken)?
                };
                negate(inner, true)
            }
        };
        Ok(true)
    }

    fn operand(&mut self) -> Parsed {
        let Some((_, word)) = self.words.get(self.next).cloned() else {
            return Err(self.mistake("a value"));
        };
        self.next += 1;
        match word {
            Word::Number(number) => Ok(Expression::Number(number)),
            Word::Text(text) => Ok(Expression::Text(text)),
            Word::Quoted(name) => Ok(Expression::Column(name)),
            Word::Sign("-") => Ok(Expression::Negate(Box::new(self.expression(MULTIPLY)?))),
            Word::Sign("!") => Ok(Expression::Not(Box::new(self.expression(NOT)?))),
            Word::Sign("(") => {
                let inner = self.expression(0)?;
                self.expect_sign(")")?;
                Ok(inner)
            }
            Word::Sign(_) => {
                self.next -= 1;
                Err(self.mistake("a value"))
            }
            Word::Name(name) => self.named(name),
        }
    }

    fn named(&mut self, name: String) -> Parsed {
        let function = match name.to_ascii_lowercase().as_str() {
            "true" => return Ok(Expression::Truth(Some(true))),
            "false" => return Ok(Expression::Truth(Some(false))),
            "null" => return Ok(Expression::Truth(None)),
            "not" => return Ok(Expression::Not(Box::new(self.expression(NOT)?))),
            "and" | "or" | "in" | "is" | "between" => {
                self.next -= 1;
                return Err(self.mistake("a value"));
            }
            _ if self.peek() != Some(&Word::Sign("(")) => return Ok(Expression::Column(name)),
            "abs" => Function::Abs,
            "length" => Function::Length,
            _ => {
                self.next -= 1;
                let message =
                    format!("there is no function `{name}`; there are `abs` and `length`");
                return Err((self.at(), message));
            }
        };
        self.expect_sign("(")?;
        let argument = self.expression(0)?;
        self.expect_sign(")")?;
        Ok(Expression::Call(function, Box::new(argument)))
    }

    fn list(&mut self, left: Expression) -> Parsed {
        self.expect_sign("(")?;
        let mut values = vec![self.expression(0)?];
        while self.peek() == Some(&Word::Sign(",")) {
            self.next += 1;
            values.push(self.expression(0)?);
        }
        self.expect_sign(")")?;
        Ok(Expression::In(Box::new(left), values))
    }

    fn between(&mut self, left: Expression) -> Parsed {
        let low = self.expression(COMPARE)?;
        self.expect_name("and")?;
        let high = self.expression(COMPARE)?;
        let above = Expression::Compare(Comparison::GreaterOrEqual, Box::new([left.clone(), low]));
        let below = Expression::Compare(Comparison::LessOrEqual, Box::new([left, high]));
        Ok(Expression::And(Box::new([above, below])))
    }

    fn peek(&self) -> Option<&Word> {
        self.words.get(self.next).map(|(_, word)| word)
    }

    fn at(&self) -> usize {
        self.words.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn mistake(&self, expected: &str) -> (usize, String) {
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(Word::Name(name) | Word::Quoted(name)) => format!("`{name}`"),
            Some(Word::Number(number)) => format!("`{number}`"),
            Some(Word::Text(text)) => format!("the text `{text}`"),
            Some(Word::Sign(sign)) => format!("`{sign}`"),
        };
        (self.at(), format!("expected {expected}, found {found}"))
    }

    fn take_name(&mut self, expected: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Word::Name(name)) if name.eq_ignore_ascii_case(expected));
        self.next += usize::from(found);
        found
    }

    fn expect_name(&mut self, expected: &str) -> Parsed<()> {
        if self.take_name(expected) {
            return Ok(());
        }
        Err(self.mistake(&format!("`{expected}`")))
    }

    fn expect_sign(&mut self, expected: &'static str) -> Parsed<()> {
        if self.peek() != Some(&Word::Sign(expected)) {
            return Err(self.mistake(&format!("`{expected}`")));
        }
        self.next += 1;
        Ok(())
    }
}

fn negate(expression: Expression, negated: bool) -> Expression {
    if negated {
        Expression::Not(Box::new(expression))
    } else {
        expression
    }
}

/// What may stand behind an operand.
enum Infix {
    Or,
    And,
    Not,
    Is,
    In,
    Between,
    Compare(Comparison),
    Arithmetic(Operator),
}

impl Infix {
    fn of(word: &Word) -> Option<Self> {
        let known = match word {
            Word::Name(name) => &*name.to_ascii_lowercase(),
            Word::Sign(sign) => *sign,
            _ => return None,
        };
        Some(match known {
            "or" | "||" => Self::Or,
            "and" | "&&" => Self::And,
            "not" => Self::Not,
            "is" => Self::Is,
            "in" => Self::In,
            "between" => Self::Between,
            "=" | "==" => Self::Compare(Comparison::Equal),
            "!=" | "<>" => Self::Compare(Comparison::Unequal),
            "<" => Self::Compare(Comparison::Less),
            "<=" => Self::Compare(Comparison::LessOrEqual),
            ">" => Self::Compare(Comparison::Greater),
            ">=" => Self::Compare(Comparison::GreaterOrEqual),
            "+" => Self::Arithmetic(Operator::Add),
            "-" => Self::Arithmetic(Operator::Subtract),
            "*" => Self::Arithmetic(Operator::Multiply),
            "/" => Self::Arithmetic(Operator::Divide),
            _ => return None,
        })
    }

    fn binding(&self) -> u8 {
        match self {
            Self::Or => OR,
            Self::And => AND,
            Self::Not | Self::Is | Self::In | Self::Between | Self::Compare(_) => COMPARE,
            Self::Arithmetic(operator) => operator_binding(*operator),
        }
    }
}

fn operator_binding(operator: Operator) -> u8 {
    match operator {
        Operator::Add | Operator::Subtract => ADD,
        Operator::Multiply | Operator::Divide => MULTIPLY,
    }
}
