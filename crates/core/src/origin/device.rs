//! The device that a request was made from, as the application reported it.

use jit_approvals_base::errors::out_of_range;
use jit_approvals_base::{Canonical, Json, Members, Number, Object, Plain};

use crate::shown_text::{Source, flaw, is_visible};
use crate::{Result, limits};

/// The device that a request was made from, as the application reported it: a hint for the approver, not a proof.
///
/// A text that must not be shown, or that has more than 512 bytes, is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Device {
    user_agent: Option<String>,
    brands: Option<String>,
    platform: Option<String>,
    location: Option<Location>,
}

/// A position on Earth, in decimal degrees (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    lat: Number,
    lon: Number,
}

impl Device {
    /// Creates a device about which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the value of `User-Agent` (RFC 9110 §10.1.5).
    #[must_use]
    pub fn with_user_agent(self, text: &str) -> Self {
        Self { user_agent: shown(text, Source::Given), ..self }
    }

    /// Sets the brands, in the form of `Sec-CH-UA`.
    #[must_use]
    pub fn with_brands(self, text: &str) -> Self {
        Self { brands: shown(text, Source::Given), ..self }
    }

    /// Sets the platform, in the form of `Sec-CH-UA-Platform`.
    #[must_use]
    pub fn with_platform(self, text: &str) -> Self {
        Self { platform: shown(text, Source::Given), ..self }
    }

    /// Sets the location of the device.
    #[must_use]
    pub fn with_location(self, location: Location) -> Self {
        Self { location: Some(location), ..self }
    }

    /// `User-Agent`
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// `Sec-CH-UA`
    pub fn brands(&self) -> Option<&str> {
        self.brands.as_deref()
    }

    /// `Sec-CH-UA-Platform`
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }

    /// The location of the device.
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// Reads `{userAgent?, brands?, platform?, location?: {lat, lon}}`.
    ///
    /// # Errors
    ///
    /// `wrong_type`, `missing_member`, `unknown_member`, `out_of_range`
    pub fn from_json(value: &Json) -> Result<Self> {
        Self::read(value, Source::Given)
    }

    pub(crate) fn read(value: &Json, source: Source) -> Result<Self> {
        let members = Members::of(value, "device", &["userAgent", "brands", "platform", "location"])?;
        let text = |name| Ok(members.text(name)?.and_then(|text| shown(text, source)));
        Ok(Self {
            user_agent: text("userAgent")?,
            brands: text("brands")?,
            platform: text("platform")?,
            location: members.optional("location").map(Location::from_json).transpose()?,
        })
    }

    /// Returns the JSON that [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> Json {
        let texts = [("userAgent", &self.user_agent), ("brands", &self.brands), ("platform", &self.platform)];
        let mut object: Object =
            texts.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?))).collect();
        if let Some(Location { lat, lon }) = self.location {
            object.insert("location", Object::new().with("lat", lat).with("lon", lon));
        }
        object.into()
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn write(&self, device: &mut Canonical) {
        device.optional_text("brands", self.brands());
        if let Some(Location { lat, lon }) = self.location {
            device.object_member("location", |location| {
                location.number("lat", lat);
                location.number("lon", lon);
            });
        }
        device.optional_text("platform", self.platform());
        device.optional_text("userAgent", self.user_agent());
    }
}

impl Location {
    /// Creates a location from its latitude, -90 to 90, and its longitude, -180 to 180.
    ///
    /// # Errors
    ///
    /// `out_of_range`, also for NaN.
    pub fn new(lat: f64, lon: f64) -> Result<Self> {
        let degrees = |name, value: f64, most| {
            let number = Number::from_f64(value).filter(|_| value.abs() <= most);
            number.ok_or_else(|| {
                let range = Plain(format!("between -{most} and {most}"));
                out_of_range(name, range).with_field(format!("device.location.{name}"))
            })
        };
        Ok(Self { lat: degrees("lat", lat, 90.0)?, lon: degrees("lon", lon, 180.0)? })
    }

    /// The latitude: north is positive.
    pub fn lat(self) -> f64 {
        self.lat.as_f64()
    }

    /// The longitude: east is positive.
    pub fn lon(self) -> f64 {
        self.lon.as_f64()
    }

    fn from_json(value: &Json) -> Result<Self> {
        let members = Members::of(value, "device.location", &["lat", "lon"])?;
        let degrees = |name| members.required(name, members.number(name)?.map(Number::as_f64));
        Self::new(degrees("lat")?, degrees("lon")?)
    }
}

/// Returns the text if it can be shown.
fn shown(text: &str, source: Source) -> Option<String> {
    let sound = text.len() <= limits::DEVICE_BYTES && flaw(text, false, source).is_none();
    (sound && is_visible(text)).then(|| text.to_owned())
}
